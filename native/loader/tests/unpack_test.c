/*
 * unpack_test ORIGINAL PACKED COUNT: what comes out of the packed file must be the original, and so many damaged copies of it
 * must be refused or give something else, but touch no memory that is not theirs: to be built with sanitizers.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unpack.h"

typedef struct
{
    const unsigned char *expected;
    size_t left;
    int differs;
} Comparison;

static unsigned char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
    {
        perror(path);
        exit(2);
    }

    *size = (size_t)ftell(file);
    rewind(file);
    unsigned char *data = malloc(*size + 1);
    if (fread(data, 1, *size, file) != *size)
    {
        perror(path);
        exit(2);
    }

    fclose(file);
    return data;
}

static int compare(void *context, const unsigned char *data, size_t size)
{
    Comparison *comparison = context;
    if (size > comparison->left || memcmp(comparison->expected, data, size) != 0)
    {
        comparison->differs = 1;
        return 1;
    }

    comparison->expected += size;
    comparison->left -= size;
    return 0;
}

static int accept(void *context, const unsigned char *data, size_t size)
{
    unsigned *sum = context;
    for (size_t i = 0; i < size; i++)
    {
        *sum += data[i];
    }

    return 0;
}

static uint32_t s_state = 12345;

static uint32_t next(uint32_t limit)
{
    s_state ^= s_state << 13;
    s_state ^= s_state >> 17;
    s_state ^= s_state << 5;
    return s_state % limit;
}

int main(int count, char **arguments)
{
    size_t size, packed_size;
    unsigned char *original = read_file(arguments[1], &size);
    unsigned char *packed = read_file(arguments[2], &packed_size);
    Comparison comparison = {original, size, 0};
    if (count != 4 || coreengine_unpack(packed, packed + packed_size, compare, &comparison) != 0 || comparison.left != 0)
    {
        fputs("the original does not come out\n", stderr);
        return 1;
    }

    unsigned sum = 0;
    int refused = 0, damaged = atoi(arguments[3]);
    for (int i = 0; i < damaged; i++)
    {
        /* An allocation of exactly its size, so that a read beyond it is seen. */
        size_t length = next(4) == 0 ? next((uint32_t)packed_size) : packed_size;
        unsigned char *copy = malloc(length + (length == 0));
        memcpy(copy, packed, length);
        for (uint32_t j = next(4); j-- > 0 && length > 0;)
        {
            /* The size in the first eight bytes stays: it would only make the run long. */
            if (length > COREENGINE_PACKED_HEADER)
            {
                copy[COREENGINE_PACKED_HEADER + next((uint32_t)length - COREENGINE_PACKED_HEADER)] = (unsigned char)next(256);
            }
        }

        refused += coreengine_unpack(copy, copy + length, accept, &sum) != 0;
        free(copy);
    }

    if (damaged > 100 && refused == 0)
    {
        fputs("no damaged file was refused\n", stderr);
        return 1;
    }

    free(original);
    free(packed);
    return 0;
}
