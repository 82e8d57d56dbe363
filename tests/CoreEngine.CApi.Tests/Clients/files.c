/* Data iterators, record files, images. */
#include "client.h"

static DataIterCreator creator_named(const char *wanted)
{
    mx_uint count = 0, arguments = 0;
    DataIterCreator *creators = NULL, found = NULL;
    const char *name = NULL, *description = NULL, **names = NULL, **types = NULL, **texts = NULL;
    OK(MXListDataIters, &count, &creators);
    CHECK(count >= 8);
    for (mx_uint i = 0; i < count; i++)
    {
        OK(MXDataIterGetIterInfo, creators[i], &name, &description, &arguments, &names, &types, &texts);
        CHECK(arguments > 0);
        if (strcmp(name, wanted) == 0)
            found = creators[i];
    }
    return found;
}

void test_iterators(void)
{
    char data_path[1024], label_path[1024];
    snprintf(data_path, sizeof data_path, "%s", path_of("data.csv"));
    snprintf(label_path, sizeof label_path, "%s", path_of("label.csv"));
    FILE *file = fopen(data_path, "w");
    fputs("1,2\n3,4\n5,6\n", file);
    fclose(file);
    file = fopen(label_path, "w");
    fputs("7\n8\n9\n", file);
    fclose(file);

    const char *keys[] = {"data_csv", "data_shape", "label_csv", "batch_size", "round_batch", "unknown_to_it"};
    const char *vals[] = {data_path, "(2,)", label_path, "2", "False", "ignored"};
    DataIterHandle iterator = NULL;
    OK(MXDataIterCreateIter, creator_named("CSVIter"), 6, keys, vals, &iterator);
    for (int pass = 0; pass < 2; pass++)
    {
        int more = -7, pad = -7;
        NDArrayHandle data = NULL, label = NULL;
        uint64_t *index = NULL, index_count = 0;
        OK(MXDataIterNext, iterator, &more);
        CHECK(more == 1);
        OK(MXDataIterGetData, iterator, &data);
        OK(MXDataIterGetLabel, iterator, &label);
        CHECK(has_values(data, 4, (float[]){1, 2, 3, 4}) && has_values(label, 2, (float[]){7, 8}));
        OK(MXDataIterGetPadNum, iterator, &pad);
        CHECK(pad == 0);
        OK(MXDataIterGetIndex, iterator, &index, &index_count);
        OK(MXNDArrayFree, data);
        OK(MXNDArrayFree, label);
        OK(MXDataIterNext, iterator, &more);
        CHECK(more == 1);
        OK(MXDataIterGetPadNum, iterator, &pad);
        CHECK(pad == 1);
        OK(MXDataIterNext, iterator, &more);
        CHECK(more == 0);
        OK(MXDataIterBeforeFirst, iterator);
    }
    OK(MXDataIterFree, iterator);
    FAILS(MXDataIterFree, iterator);
    vals[0] = "no such file.csv";
    iterator = (DataIterHandle)77;
    FAILS(MXDataIterCreateIter, creator_named("CSVIter"), 4, keys, vals, &iterator);
    CHECK(iterator == (DataIterHandle)77);
}

void test_records(void)
{
    /* The second one contains the mark that begins a record, where a reader would look for it. */
    const char first[] = "first", second[] = {'a', 'b', 'c', 'd', 0x0a, 0x23, (char)0xd7, (char)0xce, 'e'};
    RecordIOHandle writer = NULL, reader = NULL;
    size_t start = 77, middle = 0, size = 0;
    const char *bytes = NULL;
    OK(MXRecordIOWriterCreate, path_of("some.rec"), &writer);
    OK(MXRecordIOWriterTell, writer, &start);
    CHECK(start == 0);
    OK(MXRecordIOWriterWriteRecord, writer, first, sizeof first);
    OK(MXRecordIOWriterTell, writer, &middle);
    CHECK(middle == 16);
    OK(MXRecordIOWriterWriteRecord, writer, second, sizeof second);
    OK(MXRecordIOWriterFree, writer);
    FAILS(MXRecordIOWriterTell, writer, &start);

    OK(MXRecordIOReaderCreate, path_of("some.rec"), &reader);
    OK(MXRecordIOReaderReadRecord, reader, &bytes, &size);
    CHECK(size == sizeof first && memcmp(bytes, first, size) == 0);
    OK(MXRecordIOReaderTell, reader, &start);
    CHECK(start == middle);
    OK(MXRecordIOReaderReadRecord, reader, &bytes, &size);
    CHECK(size == sizeof second && memcmp(bytes, second, size) == 0);
    OK(MXRecordIOReaderReadRecord, reader, &bytes, &size);
    CHECK(bytes == NULL && size == 0);
    OK(MXRecordIOReaderSeek, reader, middle);
    OK(MXRecordIOReaderReadRecord, reader, &bytes, &size);
    CHECK(size == sizeof second);
    OK(MXRecordIOReaderFree, reader);
    FAILS(MXRecordIOReaderFree, reader);
    FAILS(MXRecordIOReaderCreate, path_of("no such file"), &reader);
    FAILS(MXRecordIOWriterFree, (RecordIOHandle)12345);
}

/* Two by two: red, green; blue, (10, 20, 30). */
static const unsigned char s_png[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00,
    0x00, 0x02, 0x00, 0x00, 0x00, 0x02, 0x08, 0x02, 0x00, 0x00, 0x00, 0xfd, 0xd4, 0x9a, 0x73, 0x00, 0x00, 0x00,
    0x13, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0xf8, 0xcf, 0xc0, 0xc0, 0x00, 0xc2, 0x0c, 0xff, 0xb9, 0x44,
    0xe4, 0x00, 0x1a, 0x58, 0x03, 0x3a, 0x56, 0x63, 0xa2, 0x3c, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44,
    0xae, 0x42, 0x60, 0x82
};

static int has_bytes(NDArrayHandle image, int count, const unsigned char *expected)
{
    unsigned char bytes[64] = {0};
    OK(MXNDArraySyncCopyToCPU, image, bytes, (size_t)count);
    return memcmp(bytes, expected, (size_t)count) == 0;
}

void test_images(void)
{
    const unsigned char pixels[] = {0, 0, 255, 0, 255, 0, 255, 0, 0, 30, 20, 10};
    NDArrayHandle image = NULL, other = (NDArrayHandle)77;
    OK(MXCVImdecode, s_png, sizeof s_png, 1, &image);
    mx_uint rank = 0;
    const mx_uint *extents = NULL;
    OK(MXNDArrayGetShape, image, &rank, &extents);
    CHECK(rank == 3 && extents[0] == 2 && extents[1] == 2 && extents[2] == 3);
    CHECK(has_bytes(image, 12, pixels));
    FAILS(MXCVImdecode, s_png, 20, 1, &other);
    FAILS(MXCVResize, image, 0, 4, 0, &other);
    FAILS(MXCVcopyMakeBorder, NULL, 1, 0, 0, 0, 0, 5.0, &other);
    CHECK(other == (NDArrayHandle)77);
    OK(MXCVResize, image, 4, 2, 0, &other);
    OK(MXNDArrayGetShape, other, &rank, &extents);
    CHECK(rank == 3 && extents[0] == 2 && extents[1] == 4);
    OK(MXNDArrayFree, other);
    OK(MXCVcopyMakeBorder, image, 1, 0, 0, 0, 0, 5.0, &other);
    const unsigned char bordered[] = {5, 5, 5, 5, 5, 5, 0, 0, 255, 0, 255, 0, 255, 0, 0, 30, 20, 10};
    CHECK(has_bytes(other, 18, bordered));
    OK(MXNDArrayFree, other);
    OK(MXNDArrayFree, image);
}
