/* Helper process of villagedesk for ID-card readers: speaks the makers' sdtapi library, which is 32-bit only.
 *
 * Reads a word per line from standard input ("status", "read"), answers each with one line of JSON on standard output,
 * and ends when its input ends. The library's name is the only argument; without it, sdtapi.dll. Answers go out on a
 * descriptor of their own: some makers' libraries print to standard output, which is led to standard error.
 *
 * Functions and return values are those the makers' manuals give for sdtapi.dll: ports 1001-1016 are USB, 1-16 serial;
 * 0x90 is success, 0x9f a card found.
 */
#include <stdio.h>
#include <string.h>

#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#include <windows.h>
#define CALL __stdcall
#define DEFAULT_LIBRARY "sdtapi.dll"
#define duplicate _dup
#define lead_to _dup2
#define open_stream _fdopen
static void *load(const char *name, int *error) {
    void *library = (void *)LoadLibraryA(name);
    *error = library == NULL ? (int)GetLastError() : 0;
    return library;
}
static void *find(void *library, const char *name) { return (void *)GetProcAddress((HMODULE)library, name); }
#else
#include <dlfcn.h>
#include <errno.h>
#include <unistd.h>
#define CALL
#define DEFAULT_LIBRARY "./libsdtapi.so"
#define duplicate dup
#define lead_to dup2
#define open_stream fdopen
static void *load(const char *name, int *error) {
    void *library = dlopen(name, RTLD_NOW); /* which leaves no errno */
    *error = library != NULL ? 0 : access(name, R_OK) != 0 ? errno : ENOEXEC;
    return library;
}
static void *find(void *library, const char *name) { return dlsym(library, name); }
#endif

#define SUCCESS 0x90
#define CARD_FOUND 0x9f
#define CLOSE_AFTER 0
#define RECORD_BYTES 256
#define BUFFER_BYTES 4096

typedef int(CALL *port_call)(int port);
typedef int(CALL *find_call)(int port, unsigned char *answer, int open);
typedef int(CALL *read_call)(int port, unsigned char *record, unsigned int *record_bytes, unsigned char *photo,
                             unsigned int *photo_bytes, int open);

static port_call open_port, close_port;
static find_call find_card, select_card;
static read_call read_card;
static FILE *answers;

/* Keeps standard output for the answers alone; 0 when that is not possible. Before the library is loaded, which may
 * print as soon as that. */
static int keep_output(void) {
    int kept = duplicate(fileno(stdout));
    if (kept < 0 || lead_to(fileno(stderr), fileno(stdout)) < 0) return 0;
    answers = open_stream(kept, "w");
    return answers != NULL;
}

/* 1 when all its functions are there; else 0, with the system's error, or 0 for a library without them. */
static int load_library(const char *name, int *error) {
    void *library = load(name, error);
    if (library == NULL) return 0;
    open_port = (port_call)find(library, "SDT_OpenPort");
    close_port = (port_call)find(library, "SDT_ClosePort");
    find_card = (find_call)find(library, "SDT_StartFindIDCard");
    select_card = (find_call)find(library, "SDT_SelectIDCard");
    read_card = (read_call)find(library, "SDT_ReadBaseMsg");
    return open_port && close_port && find_card && select_card && read_card;
}

/* The first port a reader answers at, 0 without one. */
static int find_port(void) {
    static const int first[] = {1001, 1}, last[] = {1016, 16};
    for (int kind = 0; kind < 2; kind++) {
        for (int port = first[kind]; port <= last[kind]; port++) {
            if (open_port(port) == SUCCESS) return port;
        }
    }
    return 0;
}

static void refuse(const char *error, int code) {
    fprintf(answers, "{\"ok\": false, \"error\": \"%s\", \"code\": %d}\n", error, code);
}

static void print_hex(const unsigned char *bytes, unsigned int count) {
    for (unsigned int place = 0; place < count; place++) fprintf(answers, "%02x", bytes[place]);
}

static void read_once(int port) {
    unsigned char answer[BUFFER_BYTES] = {0}, record[BUFFER_BYTES] = {0}, photo[BUFFER_BYTES] = {0};
    unsigned int record_bytes = 0, photo_bytes = 0;
    int code = find_card(port, answer, CLOSE_AFTER);
    if (code != CARD_FOUND && code != SUCCESS) {
        refuse("no_card", code);
        return;
    }
    code = select_card(port, answer, CLOSE_AFTER);
    if (code == SUCCESS) code = read_card(port, record, &record_bytes, photo, &photo_bytes, CLOSE_AFTER);
    if (code != SUCCESS || record_bytes != RECORD_BYTES || photo_bytes > BUFFER_BYTES) {
        refuse("read_failed", code);
        return;
    }
    fprintf(answers, "{\"ok\": true, \"record\": \"");
    print_hex(record, record_bytes);
    fprintf(answers, "\", \"photo\": \"");
    print_hex(photo, photo_bytes);
    fprintf(answers, "\"}\n");
}

int main(int count, char **arguments) {
    char line[64];
    int error = 0;
    if (!keep_output()) return 1;
    int loaded = load_library(count > 1 ? arguments[1] : DEFAULT_LIBRARY, &error);
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (!loaded) {
            refuse("no_library", error);
        } else {
            int port = find_port();
            if (port == 0) {
                refuse("no_reader", 0);
            } else {
                if (strcmp(line, "read") == 0) read_once(port);
                else fprintf(answers, "{\"ok\": true}\n");
                close_port(port);
            }
        }
        fflush(answers);
    }
    return 0;
}
