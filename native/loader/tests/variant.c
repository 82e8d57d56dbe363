/* A library with every export that only tells which function of which variant was called, and with what. */
#include <stdint.h>
#include <stdio.h>

__attribute__((visibility("default"))) intptr_t coreengine_called[16];

#define COREENGINE_EXPORT(index, name, kind)                                                                             \
    __attribute__((visibility("default"))) intptr_t name(intptr_t a, intptr_t b, intptr_t c, intptr_t d, intptr_t e,     \
                                                         intptr_t f, intptr_t g, intptr_t h, double x)                   \
    {                                                                                                                    \
        intptr_t called[] = {index, a, b, c, d, e, f, g, h, (intptr_t)x};                                                \
        intptr_t sum = LEVEL;                                                                                            \
        for (int i = 0; i < 10; i++)                                                                                     \
        {                                                                                                                \
            sum = sum * 31 + called[i];                                                                                  \
        }                                                                                                                \
        return sum;                                                                                                      \
    }
#include "../exports.inc"
