/*
 * libcoreengine.so: one file for every x86-64 processor. It carries the library built for three levels of instruction
 * sets (x86-64-v2, v3, v4), compressed. When it is loaded it unpacks the one that the processor can run into memory,
 * loads that and forwards every exported function to it with one jump.
 *
 * The environment variable COREENGINE_VARIANT chooses otherwise: v2, v3 or v4, or the path of a library.
 * When nothing can be loaded every function returns -1, and MXGetLastError says why.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "processor.h"
#include "unpack.h"

static char s_error[1024] = "libcoreengine.so has not been loaded yet.";

static int unavailable_STATUS(void) { return -1; }

static const char *unavailable_TEXT(void) { return s_error; }

static void unavailable_NOTHING(void) {}

/* Where each exported function jumps to. */
__attribute__((visibility("hidden"))) void *coreengine_slots[] = {
#define COREENGINE_EXPORT(index, name, kind) (void *)unavailable_##kind,
#include "exports.inc"
#undef COREENGINE_EXPORT
};

#define COREENGINE_EXPORT(index, name, kind)                   \
    __asm__(".pushsection .text\n"                             \
            ".globl " #name "\n"                               \
            ".type " #name ", @function\n"                     \
            ".p2align 4\n" #name ":\n"                         \
            "endbr64\n"                                        \
            "jmp *coreengine_slots + 8 * " #index "(%rip)\n"   \
            ".size " #name ", . - " #name "\n"                 \
            ".popsection\n");
#include "exports.inc"
#undef COREENGINE_EXPORT

static const char *const s_names[] = {
#define COREENGINE_EXPORT(index, name, kind) #name,
#include "exports.inc"
#undef COREENGINE_EXPORT
};

/* The packed libraries, in payload.S. */
extern const unsigned char coreengine_v2[], coreengine_v2_end[];
extern const unsigned char coreengine_v3[], coreengine_v3_end[];
extern const unsigned char coreengine_v4[], coreengine_v4_end[];

typedef struct
{
    const char *name;
    int level;
    const unsigned char *begin;
    const unsigned char *end;
} Variant;

static const Variant s_variants[] = {
    {"v4", 4, coreengine_v4, coreengine_v4_end},
    {"v3", 3, coreengine_v3, coreengine_v3_end},
    {"v2", 2, coreengine_v2, coreengine_v2_end},
};

enum
{
    VARIANTS = sizeof s_variants / sizeof *s_variants
};

__attribute__((format(printf, 1, 2))) static void *failed(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = snprintf(s_error, sizeof s_error, "CoreEngine could not be loaded: ");
    vsnprintf(s_error + length, sizeof s_error - (size_t)length, format, arguments);
    va_end(arguments);
    return NULL;
}

static void *open_library(const char *path)
{
    return dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
}

static int write_all(void *context, const unsigned char *data, size_t size)
{
    while (size > 0)
    {
        ssize_t written = write(*(int *)context, data, size);
        if (written < 0 && errno != EINTR)
        {
            return -1;
        }

        size_t advance = written < 0 ? 0 : (size_t)written;
        data += advance;
        size -= advance;
    }

    return 0;
}

/* Writing costs half of what filling a mapping would: the file's pages come without faults. */
static int unpack_into(int file, const Variant *variant)
{
    return coreengine_unpack(variant->begin, variant->end, write_all, &file);
}

/* A file in memory needs no place on disk. Systems that run no code from there get a file that is removed at once. */
static void *open_in_memory(const Variant *variant, char *reason, size_t room)
{
    int file = memfd_create("libcoreengine.so", MFD_CLOEXEC);
    if (file < 0)
    {
        snprintf(reason, room, "memfd_create: %s", strerror(errno));
        return NULL;
    }

    if (unpack_into(file, variant) != 0)
    {
        snprintf(reason, room, "unpacking into memory: %s", strerror(errno));
        close(file);
        return NULL;
    }

    /* The file stays open: libraries are told apart by their paths, so no other one may get this path. */
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    void *library = open_library(path);
    if (library == NULL)
    {
        snprintf(reason, room, "%s", dlerror());
        close(file);
    }

    return library;
}

static void *open_in_folder(const char *folder, const Variant *variant, char *reason, size_t room)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/libcoreengine-XXXXXX", folder) >= (int)sizeof path)
    {
        return NULL;
    }

    int file = mkostemp(path, O_CLOEXEC);
    if (file < 0)
    {
        snprintf(reason, room, "%s: %s", folder, strerror(errno));
        return NULL;
    }

    void *library = NULL;
    if (unpack_into(file, variant) != 0)
    {
        snprintf(reason, room, "%s: %s", path, strerror(errno));
    }
    else if ((library = open_library(path)) == NULL)
    {
        snprintf(reason, room, "%s", dlerror());
    }

    unlink(path);
    close(file);
    return library;
}

static void *open_variant(const Variant *variant)
{
    char memory[256] = "", disk[256] = "";
    void *library = open_in_memory(variant, memory, sizeof memory);
    const char *folders[] = {secure_getenv("XDG_RUNTIME_DIR"), secure_getenv("TMPDIR"), "/tmp", "/var/tmp"};
    for (size_t i = 0; library == NULL && i < sizeof folders / sizeof *folders; i++)
    {
        if (folders[i] != NULL && folders[i][0] == '/')
        {
            library = open_in_folder(folders[i], variant, disk, sizeof disk);
        }
    }

    return library != NULL
               ? library
               : failed("the variant %s could be run neither from memory (%s) nor from a temporary file (%s). Set TMPDIR to a "
                        "folder from which programs may be run.",
                        variant->name, memory, disk);
}

static const Variant *best_variant(int level)
{
    for (int i = 0; i < VARIANTS; i++)
    {
        /* A library that was built for some levels only has nothing in place of the others. */
        if (s_variants[i].level <= level && s_variants[i].begin != s_variants[i].end)
        {
            return &s_variants[i];
        }
    }

    return NULL;
}

static void *open_chosen(const char *choice, int level)
{
    if (strchr(choice, '/') != NULL)
    {
        void *library = open_library(choice);
        return library != NULL ? library : failed("%s (COREENGINE_VARIANT names this library).", dlerror());
    }

    for (int i = 0; i < VARIANTS; i++)
    {
        if (strcmp(s_variants[i].name, choice) == 0)
        {
            return s_variants[i].level <= level
                       ? open_variant(&s_variants[i])
                       : failed("this processor does not have all instructions of x86-64-%s, which COREENGINE_VARIANT "
                                "asks for.",
                                choice);
        }
    }

    return failed("COREENGINE_VARIANT is '%s'; it may be v2, v3, v4 or a path with a slash.", choice);
}

static void *open_engine(void)
{
    int level = coreengine_processor_level();
    const char *choice = secure_getenv("COREENGINE_VARIANT");
    if (choice != NULL && choice[0] != '\0')
    {
        return open_chosen(choice, level);
    }

    const Variant *variant = best_variant(level);
    return variant != NULL
               ? open_variant(variant)
               : failed("this processor does not have all instructions of x86-64-v2 (SSE4.2, SSSE3, POPCNT and others), or "
                        "the library was built for others only.");
}

/* All functions are forwarded or none: a library that lacks one is another version. */
__attribute__((constructor)) static void load(void)
{
    void *targets[COREENGINE_EXPORT_COUNT];
    void *library = open_engine();
    if (library == NULL)
    {
        return;
    }

    for (int i = 0; i < COREENGINE_EXPORT_COUNT; i++)
    {
        targets[i] = dlsym(library, s_names[i]);
        if (targets[i] == NULL)
        {
            failed("the library has no function %s.", s_names[i]);
            return;
        }
    }

    memcpy(coreengine_slots, targets, sizeof targets);
}
