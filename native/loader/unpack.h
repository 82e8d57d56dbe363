#ifndef COREENGINE_UNPACK_H_
#define COREENGINE_UNPACK_H_

#include <stddef.h>

/*
 * A packed file: its size before packing (8 bytes, little endian), then its blocks, each with its packed length (4 bytes)
 * before it. Blocks have the LZ4 block format, as github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md describes it; their
 * matches may begin in the blocks before.
 */
enum
{
    COREENGINE_PACKED_HEADER = 8,
    COREENGINE_BLOCK_HEADER = 4,
    /* What a block has when unpacked; the last has the rest. Stays in a second-level cache. */
    COREENGINE_BLOCK = 1 << 18,
    COREENGINE_WINDOW = 1 << 16,
};

/* Takes unpacked bytes, in order. Anything but 0 ends the unpacking. */
typedef int CoreEngineSink(void *context, const unsigned char *data, size_t size);

/* How many bytes the packed file has when unpacked; 0 when there is none. */
size_t coreengine_unpacked_size(const unsigned char *begin, const unsigned char *end);

/* 0, or -1 with errno: what the sink left there, or EBADMSG when the packed file is damaged, or ENOMEM. */
int coreengine_unpack(const unsigned char *begin, const unsigned char *end, CoreEngineSink *sink, void *context);

#endif
