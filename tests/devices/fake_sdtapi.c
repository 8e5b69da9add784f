/* A library with the functions of the makers' sdtapi, for tests: what it does is told by the file named in
 * FAKE_CARD: a record of 256 bytes, or one of the words below. Without the file no card lies on it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned char content[4096];
static size_t length;

static void look(void) {
    FILE *file = fopen(getenv("FAKE_CARD"), "rb");
    length = 0;
    if (file != NULL) {
        length = fread(content, 1, sizeof content, file);
        fclose(file);
    }
}

static int says(const char *word) { return length == strlen(word) && memcmp(content, word, length) == 0; }

__attribute__((constructor)) static void loaded(void) { printf("SDT library 1.0 loaded\n"); }

int SDT_OpenPort(int port) {
    look();
    printf("open port %d\n", port); /* as some makers' libraries do */
    fflush(stdout);
    return port == 1003 && !says("unplugged") ? 0x90 : 1;
}
int SDT_ClosePort(int port) { return port == 1003 ? 0x90 : 1; }
int SDT_StartFindIDCard(int port, unsigned char *answer, int open) {
    (void)port, (void)open;
    answer[0] = 0;
    if (says("hang")) pause();
    if (says("crash")) abort();
    return length == 0 ? 0x80 : 0x9f;
}
int SDT_SelectIDCard(int port, unsigned char *answer, int open) {
    (void)port, (void)open;
    answer[0] = 0;
    return 0x90;
}
int SDT_ReadBaseMsg(int port, unsigned char *record, unsigned int *record_bytes, unsigned char *photo,
                    unsigned int *photo_bytes, int open) {
    (void)port, (void)open;
    if (says("worn")) return 0x41;
    memcpy(record, content, length);
    *record_bytes = (unsigned int)length;
    memset(photo, 7, 1024);
    *photo_bytes = 1024;
    return 0x90;
}
