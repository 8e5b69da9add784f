"""The annex form 基础设施和人员情况统计表: the questionnaire of this station, and many stations' forms joined."""
