#include "unpack.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t coreengine_unpacked_size(const unsigned char *begin, const unsigned char *end)
{
    uint64_t size = 0;
    if (end - begin > COREENGINE_PACKED_HEADER)
    {
        memcpy(&size, begin, sizeof size);
    }

    return size;
}

enum
{
    WIDE = 16,
    LEAST_MATCH = 4,
    /* The longest literals and match whose lengths stand in the token itself, and a number of bytes that covers both. */
    SHORT = 14,
    ROOM = 64,
};

/* A length of 15 in the token goes on in the next bytes, up to the first that is not 255. */
static int read_length(const unsigned char **in, const unsigned char *end, size_t *length)
{
    unsigned char byte;
    do
    {
        if (*in == end)
        {
            return -1;
        }

        byte = *(*in)++;
        *length += byte;
    } while (byte == 255);
    return 0;
}

/* Copies sixteen bytes at a time and may write up to fifteen more than asked for. */
static void copy_wide(unsigned char *to, const unsigned char *from, size_t length)
{
    for (size_t i = 0; i < length; i += WIDE)
    {
        memcpy(to + i, from + i, WIDE);
    }
}

static int damaged(void)
{
    errno = EBADMSG;
    return -1;
}

/* Unpacks one block to exactly size bytes; matches may begin from first on. */
static int unpack_block(
    const unsigned char *in, const unsigned char *end, const unsigned char *first, unsigned char *out, size_t size)
{
    unsigned char *const last = out + size;
    while (in < end)
    {
        unsigned token = *in++;
        size_t literals = token >> 4, match = token & 15;
        int roomy = end - in >= ROOM && last - out >= ROOM;
        if (roomy && literals <= SHORT)
        {
            /* Nearly all sequences: copies of constant size, no loops, no branches that depend on lengths. */
            memcpy(out, in, WIDE);
        }
        else
        {
            if (literals == 15 && read_length(&in, end, &literals) != 0)
            {
                return damaged();
            }

            if (literals > (size_t)(end - in) || literals > (size_t)(last - out))
            {
                return damaged();
            }

            memcpy(out, in, literals);
        }

        in += literals;
        out += literals;
        if (in == end)
        {
            /* The last sequence has literals only. */
            return out == last ? 0 : damaged();
        }

        if (end - in < 2)
        {
            return damaged();
        }

        size_t distance = in[0] | (size_t)in[1] << 8;
        in += 2;
        if (distance == 0 || distance > (size_t)(out - first))
        {
            return damaged();
        }

        const unsigned char *from = out - distance;
        if (roomy && match <= SHORT && distance >= WIDE)
        {
            memcpy(out, from, WIDE);
            memcpy(out + WIDE, from + WIDE, 2);
            out += match + LEAST_MATCH;
            continue;
        }

        if (match == 15 && read_length(&in, end, &match) != 0)
        {
            return damaged();
        }

        match += LEAST_MATCH;
        if (match > (size_t)(last - out))
        {
            return damaged();
        }

        if (distance >= WIDE && (size_t)(last - out) >= match + WIDE)
        {
            copy_wide(out, from, match);
        }
        else
        {
            for (size_t i = 0; i < match; i++)
            {
                out[i] = from[i];
            }
        }

        out += match;
    }

    return damaged();
}

/* Every block is unpacked to the same place, with the last bytes of the one before in front of it. */
static int unpack_blocks(
    const unsigned char *in, const unsigned char *end, size_t size, unsigned char *window, CoreEngineSink *sink, void *context)
{
    unsigned char *const block = window + COREENGINE_WINDOW;
    for (size_t done = 0; done < size;)
    {
        uint32_t packed;
        size_t length = size - done < COREENGINE_BLOCK ? size - done : COREENGINE_BLOCK;
        if (end - in < COREENGINE_BLOCK_HEADER)
        {
            return damaged();
        }

        memcpy(&packed, in, sizeof packed);
        in += COREENGINE_BLOCK_HEADER;
        if (packed > (size_t)(end - in) ||
            unpack_block(in, in + packed, done == 0 ? block : window, block, length) != 0)
        {
            return damaged();
        }

        if (sink(context, block, length) != 0)
        {
            return -1;
        }

        memcpy(window, block + COREENGINE_BLOCK - COREENGINE_WINDOW, COREENGINE_WINDOW);
        in += packed;
        done += length;
    }

    return in == end ? 0 : damaged();
}

int coreengine_unpack(const unsigned char *begin, const unsigned char *end, CoreEngineSink *sink, void *context)
{
    unsigned char *window = malloc(COREENGINE_WINDOW + COREENGINE_BLOCK);
    if (window == NULL)
    {
        return -1;
    }

    size_t size = coreengine_unpacked_size(begin, end);
    int result = size == 0 ? damaged()
                           : unpack_blocks(begin + COREENGINE_PACKED_HEADER, end, size, window, sink, context);
    int error = errno;
    free(window);
    errno = error;
    return result;
}
