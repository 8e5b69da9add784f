"""The pages of the settings by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QWidget

from villagedesk.ui.annex.merge import AnnexMergePage
from villagedesk.ui.annex.questions import AnnexPage
from villagedesk.ui.register_import import RegisterImportPage
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.settings.accounts import AccountsPage
from villagedesk.ui.settings.backup import BackupPage
from villagedesk.ui.settings.catalogue import CataloguePage
from villagedesk.ui.settings.devices import DevicesPage
from villagedesk.ui.settings.evaluation import EvaluationPage
from villagedesk.ui.settings.export import ExportPage
from villagedesk.ui.settings.hand_over import HandOver
from villagedesk.ui.settings.home import SettingsHome
from villagedesk.ui.settings.items import ItemsPage
from villagedesk.ui.settings.log import LogPage
from villagedesk.ui.settings.page import HOME, SettingsPage
from villagedesk.ui.settings.printing import PrintingPage
from villagedesk.ui.settings.proxy import ProxyPage
from villagedesk.ui.settings.reading import ReadingPage
from villagedesk.ui.settings.retention import RetentionPage
from villagedesk.ui.settings.security import SecurityPage
from villagedesk.ui.settings.sending_limit import SendingLimitPage
from villagedesk.ui.settings.support import SupportPage

PAGES: Mapping[str, Callable[[Surroundings, QWidget], SettingsPage]] = {
    HOME: lambda surroundings, parent: SettingsHome(surroundings, parent),
    "items": lambda surroundings, parent: ItemsPage(surroundings, parent),
    "catalogue": lambda surroundings, parent: CataloguePage(surroundings, parent),
    "evaluation": lambda surroundings, parent: EvaluationPage(surroundings, parent),
    "accounts": lambda surroundings, parent: AccountsPage(surroundings, parent),
    "hand_over": lambda surroundings, parent: HandOver(surroundings, parent),
    "backup": lambda surroundings, parent: BackupPage(surroundings, parent),
    "log": lambda surroundings, parent: LogPage(surroundings, parent),
    "retention": lambda surroundings, parent: RetentionPage(surroundings, parent),
    "export": lambda surroundings, parent: ExportPage(surroundings, parent),
    "support": lambda surroundings, parent: SupportPage(surroundings, parent),
    "devices": lambda surroundings, parent: DevicesPage(surroundings, parent),
    "printing": lambda surroundings, parent: PrintingPage(surroundings, parent),
    "sending_limit": lambda surroundings, parent: SendingLimitPage(surroundings, parent),
    "reading": lambda surroundings, parent: ReadingPage(surroundings, parent),
    "proxy": lambda surroundings, parent: ProxyPage(surroundings, parent),
    "annex": lambda surroundings, parent: AnnexPage(surroundings, parent),
    "annex_merge": lambda surroundings, parent: AnnexMergePage(surroundings, parent),
    "register_import": lambda surroundings, parent: RegisterImportPage(surroundings, parent),
    "security": lambda surroundings, parent: SecurityPage(surroundings, parent),
}
"""What ``Screen.settings_wanted`` names; the import of a paper register works as they do, and is reached from the
register."""
