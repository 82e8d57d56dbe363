/*
 * pack FROM TO: packs a file as unpack.h describes. Runs when the library is built. Takes its time: of all ways to cut
 * the file into literals and matches it finds the cheapest, by dynamic programming from the end, with matches from hash
 * chains.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unpack.h"

enum
{
    FARTHEST = COREENGINE_WINDOW - 1,
    LEAST_MATCH = 4,
    CHAIN = 512,
    HASH_BITS = 18,
    LAST_LITERALS = 5, /* The format demands that a block ends so, */
    LAST_MATCH = 12,   /* and that no match begins nearer to its end. */
};

typedef struct
{
    uint32_t length;
    uint32_t distance;
} Match;

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory == NULL)
    {
        fputs("pack: out of memory\n", stderr);
        exit(1);
    }

    return memory;
}

static uint32_t hash(const unsigned char *data)
{
    uint32_t four;
    memcpy(&four, data, sizeof four);
    return (four * 2654435761u) >> (32 - HASH_BITS);
}

static size_t block_end(size_t position, size_t size)
{
    size_t end = position - position % COREENGINE_BLOCK + COREENGINE_BLOCK;
    return end < size ? end : size;
}

/* The longest match at every position. None leaves the block in which it begins, but it may repeat what lies before. */
static Match *find_matches(const unsigned char *data, size_t size)
{
    Match *matches = allocate(size + 1, sizeof *matches);
    uint32_t *heads = allocate((size_t)1 << HASH_BITS, sizeof *heads);
    uint32_t *before = allocate(size + 1, sizeof *before);
    for (size_t i = 0; i + LEAST_MATCH <= size; i++)
    {
        uint32_t slot = hash(data + i);
        size_t rest = block_end(i, size) - i, most = rest - LAST_LITERALS;
        int tries = rest >= LAST_MATCH ? CHAIN : 0;
        /* Positions are kept with one added, so that 0 is none. */
        for (size_t j = heads[slot]; j != 0 && i + 1 - j <= FARTHEST && tries-- > 0; j = before[j - 1])
        {
            const unsigned char *candidate = data + j - 1;
            if (candidate[matches[i].length] != data[i + matches[i].length])
            {
                continue;
            }

            size_t length = 0;
            while (length < most && candidate[length] == data[i + length])
            {
                length++;
            }

            if (length >= LEAST_MATCH && length > matches[i].length)
            {
                matches[i] = (Match){(uint32_t)length, (uint32_t)(i + 1 - j)};
                if (length == most)
                {
                    break;
                }
            }
        }

        before[i] = heads[slot];
        heads[slot] = (uint32_t)i + 1;
    }

    free(heads);
    free(before);
    return matches;
}

/* Bytes that a length takes beyond its half of the token. */
static uint32_t extra(uint32_t length)
{
    return length < 15 ? 0 : (length - 15) / 255 + 1;
}

/* The lengths of the matches that make every block shortest; 0 where a literal does. */
static uint32_t *choose(const Match *matches, size_t size)
{
    uint32_t *lengths = allocate(size + 1, sizeof *lengths);
    uint32_t *cost = allocate(size + 1, sizeof *cost);
    uint32_t *run = allocate(size + 1, sizeof *run); /* of literals from here on */
    for (size_t i = size; i-- > 0;)
    {
        uint32_t following = block_end(i, size) == i + 1 ? 0 : run[i + 1];
        run[i] = following + 1;
        cost[i] = cost[i + 1] + 1 + extra(run[i]) - extra(following);
        uint32_t longest = matches[i].length;
        for (uint32_t length = longest; length >= LEAST_MATCH && length + 64 > longest; length--)
        {
            uint32_t price = cost[i + length] + 3 + extra(length - LEAST_MATCH);
            if (price < cost[i])
            {
                cost[i] = price;
                lengths[i] = length;
                run[i] = 0;
            }
        }
    }

    free(cost);
    free(run);
    return lengths;
}

static void write_length(FILE *file, size_t length)
{
    if (length < 15)
    {
        return;
    }

    for (length -= 15; length >= 255; length -= 255)
    {
        putc(255, file);
    }

    putc((int)length, file);
}

static void write_literals(FILE *file, const unsigned char *literals, size_t count, size_t match)
{
    putc((int)((count < 15 ? count : 15) << 4 | (match < 15 ? match : 15)), file);
    write_length(file, count);
    fwrite(literals, 1, count, file);
}

static void write_block(
    FILE *file, const unsigned char *data, const Match *matches, const uint32_t *lengths, size_t begin, size_t end)
{
    size_t literals = 0;
    for (size_t i = begin; i < end; i += lengths[i] == 0 ? 1 : lengths[i])
    {
        if (lengths[i] == 0)
        {
            literals++;
            continue;
        }

        size_t match = lengths[i] - LEAST_MATCH;
        write_literals(file, data + i - literals, literals, match);
        putc((int)(matches[i].distance & 255), file);
        putc((int)(matches[i].distance >> 8), file);
        write_length(file, match);
        literals = 0;
    }

    write_literals(file, data + end - literals, literals, 0);
}

static void write_packed(FILE *file, const unsigned char *data, size_t size)
{
    Match *matches = find_matches(data, size);
    uint32_t *lengths = choose(matches, size);
    uint64_t header = size;
    fwrite(&header, sizeof header, 1, file);
    for (size_t begin = 0; begin < size; begin = block_end(begin, size))
    {
        long header_at = ftell(file);
        uint32_t packed = 0;
        fwrite(&packed, sizeof packed, 1, file);
        write_block(file, data, matches, lengths, begin, block_end(begin, size));
        packed = (uint32_t)(ftell(file) - header_at - COREENGINE_BLOCK_HEADER);
        fseek(file, header_at, SEEK_SET);
        fwrite(&packed, sizeof packed, 1, file);
        fseek(file, 0, SEEK_END);
    }

    free(matches);
    free(lengths);
}

static unsigned char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
    {
        perror(path);
        exit(1);
    }

    *size = (size_t)ftell(file);
    rewind(file);
    unsigned char *data = allocate(*size + 1, 1);
    if (fread(data, 1, *size, file) != *size)
    {
        perror(path);
        exit(1);
    }

    fclose(file);
    return data;
}

static int compare(void *context, const unsigned char *data, size_t size)
{
    const unsigned char **expected = context;
    int result = memcmp(*expected, data, size);
    *expected += size;
    return result;
}

/* What comes back must be what went in. */
static int check(const char *path, const unsigned char *data, size_t size)
{
    size_t packed_size;
    const unsigned char *expected = data;
    unsigned char *packed = read_file(path, &packed_size);
    int result = coreengine_unpacked_size(packed, packed + packed_size) == size &&
                 coreengine_unpack(packed, packed + packed_size, compare, &expected) == 0;
    free(packed);
    return result;
}

int main(int count, char **arguments)
{
    if (count != 3)
    {
        fputs("usage: pack FROM TO\n", stderr);
        return 2;
    }

    size_t size;
    unsigned char *data = read_file(arguments[1], &size);
    FILE *file = fopen(arguments[2], "wb");
    if (file == NULL)
    {
        perror(arguments[2]);
        return 1;
    }

    write_packed(file, data, size);
    int broken = ferror(file) | fclose(file);
    if (broken || !check(arguments[2], data, size))
    {
        fprintf(stderr, "pack: %s is not what %s was\n", arguments[2], arguments[1]);
        return 1;
    }

    free(data);
    return 0;
}
