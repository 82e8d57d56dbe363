/*
 * loader_test LIBRARY LEVEL: every function of the library must arrive, with all that it was called with, in the variant of
 * that level; with LEVEL 0 none can be loaded, and every function must fail and say why (printed).
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef intptr_t Function(intptr_t, intptr_t, intptr_t, intptr_t, intptr_t, intptr_t, intptr_t, intptr_t, double);

enum Kind
{
    STATUS,
    TEXT,
    NOTHING
};

static const struct
{
    const char *name;
    enum Kind kind;
} s_exports[] = {
#define COREENGINE_EXPORT(index, name, kind) {#name, kind},
#include "../exports.inc"
};

static intptr_t expected(intptr_t level, intptr_t index)
{
    intptr_t called[] = {index, 1, -2, 3, -4, 5, -6, 7, -8, 9}, sum = level;
    for (int i = 0; i < 10; i++)
    {
        sum = sum * 31 + called[i];
    }

    return sum;
}

static int wrong(const char *name, const char *what)
{
    fprintf(stderr, "%s: %s\n", name, what);
    return 1;
}

int main(int count, char **arguments)
{
    if (count != 3)
    {
        return wrong("usage", "loader_test LIBRARY LEVEL");
    }

    void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
    {
        return wrong(arguments[1], dlerror());
    }

    int level = atoi(arguments[2]), failures = 0;
    const char *error = NULL;
    for (int i = 0; i < COREENGINE_EXPORT_COUNT; i++)
    {
        Function *function = (Function *)dlsym(library, s_exports[i].name);
        if (function == NULL)
        {
            failures += wrong(s_exports[i].name, "not exported");
            continue;
        }

        intptr_t result = function(1, -2, 3, -4, 5, -6, 7, -8, 9.0);
        if (level != 0)
        {
            failures += result != expected(level, i) && wrong(s_exports[i].name, "did not arrive");
        }
        else if (s_exports[i].kind == STATUS)
        {
            failures += (int)result != -1 && wrong(s_exports[i].name, "did not fail");
        }
        else if (s_exports[i].kind == TEXT)
        {
            error = (const char *)result;
            failures += strlen(error) < 20 && wrong(s_exports[i].name, "does not say why");
        }
    }

    if (level == 0)
    {
        puts(error);
    }

    return failures != 0;
}
