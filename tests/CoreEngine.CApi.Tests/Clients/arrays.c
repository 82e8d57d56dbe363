/* Arrays: dense, sparse, shared between processes, and as DLPack tensors. */
#include "client.h"

static int has_shape(NDArrayHandle array, mx_uint rank, const mx_uint *expected)
{
    mx_uint actual = 0;
    const mx_uint *extents = NULL;
    OK(MXNDArrayGetShape, array, &actual, &extents);
    return actual == rank && memcmp(extents, expected, rank * sizeof *expected) == 0;
}

static void test_files(NDArrayHandle x)
{
    /* One array as bytes. */
    size_t size = 0;
    const char *bytes = NULL;
    NDArrayHandle copy = NULL, *arrays = NULL;
    OK(MXNDArraySaveRawBytes, x, &size, &bytes);
    OK(MXNDArrayLoadFromRawBytes, bytes, size, &copy);
    CHECK(has_values(copy, 6, (float[]){1, 2, 3, 4, 5, 6}));
    NDArrayHandle untouched = (NDArrayHandle)77;
    FAILS(MXNDArrayLoadFromRawBytes, bytes, size - 1, &untouched);
    CHECK(untouched == (NDArrayHandle)77);

    /* A file of two arrays with names. */
    NDArrayHandle both[] = {x, copy};
    const char *keys[] = {"first", "second"}, **names = NULL;
    mx_uint count = 0, name_count = 0;
    char path[1024];
    snprintf(path, sizeof path, "%s", path_of("two.params"));
    OK(MXNDArraySave, path, 2, both, keys);
    OK(MXNDArrayLoad, path, &count, &arrays, &name_count, &names);
    CHECK(count == 2 && has_texts(names, name_count, 2, keys));
    CHECK(has_values(arrays[1], 6, (float[]){1, 2, 3, 4, 5, 6}));
    NDArrayHandle loaded[] = {arrays[0], arrays[1]};
    OK(MXNDArrayFree, loaded[0]);
    OK(MXNDArrayFree, loaded[1]);
    FAILS(MXNDArrayLoad, path_of("no such file"), &count, &arrays, &name_count, &names);

    FILE *file = fopen(path, "rb");
    char buffer[1024];
    size_t length = fread(buffer, 1, sizeof buffer, file);
    fclose(file);
    OK(MXNDArrayLoadFromBuffer, buffer, length, &count, &arrays, &name_count, &names);
    CHECK(count == 2 && name_count == 2 && strcmp(names[1], "second") == 0);
    loaded[0] = arrays[0], loaded[1] = arrays[1];
    OK(MXNDArrayFree, loaded[0]);
    OK(MXNDArrayFree, loaded[1]);
    OK(MXNDArrayFree, copy);
}

static void test_views(NDArrayHandle x)
{
    const mx_uint row[] = {3}, rows[] = {1, 3}, long_row[] = {6};
    NDArrayHandle view = NULL;
    OK(MXNDArraySlice, x, 1, 2, &view);
    CHECK(has_shape(view, 2, rows) && has_values(view, 3, (float[]){4, 5, 6}));
    OK(MXNDArrayFree, view);
    OK(MXNDArraySlice64, x, 0, 1, &view);
    CHECK(has_values(view, 3, (float[]){1, 2, 3}));
    OK(MXNDArrayFree, view);
    OK(MXNDArrayAt, x, 1, &view);
    CHECK(has_shape(view, 1, row) && has_values(view, 3, (float[]){4, 5, 6}));
    OK(MXNDArrayFree, view);
    OK(MXNDArrayAt64, x, 0, &view);
    CHECK(has_values(view, 3, (float[]){1, 2, 3}));

    /* A view has the memory of its array. */
    OK(MXNDArraySyncCopyFromCPU, view, (float[]){7, 8, 9}, 3);
    CHECK(has_values(x, 6, (float[]){7, 8, 9, 4, 5, 6}));
    OK(MXNDArraySyncCopyFromCPU, view, (float[]){1, 2, 3}, 3);
    OK(MXNDArrayFree, view);

    int dims[] = {-1};
    OK(MXNDArrayReshape, x, 1, dims, &view);
    CHECK(has_shape(view, 1, long_row));
    OK(MXNDArrayFree, view);
    dim_t wide[] = {3, -1};
    OK(MXNDArrayReshape64, x, 2, wide, 0, &view);
    CHECK(has_shape(view, 2, (mx_uint[]){3, 2}));
    OK(MXNDArrayFree, view);
    view = (NDArrayHandle)77;
    FAILS(MXNDArraySlice, x, 1, 3, &view);
    FAILS(MXNDArrayAt, x, 2, &view);
    dims[0] = 7;
    FAILS(MXNDArrayReshape, x, 1, dims, &view);
    CHECK(view == (NDArrayHandle)77);
}

void test_arrays(void)
{
    const mx_uint shape[] = {2, 3};
    const int64_t shape64[] = {2, 3};
    const float values[] = {1, 2, 3, 4, 5, 6};
    NDArrayHandle x = array_of(values, 2, shape), y = NULL, none = NULL;
    CHECK(has_shape(x, 2, shape) && has_values(x, 6, values));

    int rank = 0, type = -7, kind = -7, id = -7, storage = -7;
    const int *extents = NULL;
    const int64_t *extents64 = NULL;
    OK(MXNDArrayGetShapeEx, x, &rank, &extents);
    CHECK(rank == 2 && extents[0] == 2 && extents[1] == 3);
    OK(MXNDArrayGetShapeEx64, x, &rank, &extents64);
    CHECK(rank == 2 && extents64[0] == 2 && extents64[1] == 3);
    OK(MXNDArrayGetDType, x, &type);
    OK(MXNDArrayGetContext, x, &kind, &id);
    OK(MXNDArrayGetStorageType, x, &storage);
    CHECK(type == 0 && kind == 1 && id == 0 && storage == 0);
    void *data = NULL;
    OK(MXNDArrayGetData, x, &data);
    OK(MXNDArrayWaitToRead, x);
    CHECK(((float *)data)[4] == 5);
    OK(MXNDArrayWaitToWrite, x);
    OK(MXNDArraySyncCheckFormat, x, 1);
    OK(MXNDArrayWaitAll);
    test_files(x);
    test_views(x);

    OK(MXNDArrayCreate, shape, 2, 1, 2, 0, &y);
    OK(MXNDArrayGetContext, y, &kind, &id);
    CHECK(kind == 1 && id == 2);
    OK(MXNDArraySyncCopyFromNDArray, y, x, -1);
    CHECK(has_values(y, 6, values));
    FAILS(MXNDArraySyncCopyFromCPU, y, values, 5);
    float few[5];
    FAILS(MXNDArraySyncCopyToCPU, y, few, 5);
    OK(MXNDArrayFree, y);
    OK(MXNDArrayCreateEx64, shape64, 2, 1, 0, 1, 4, &y);
    OK(MXNDArrayGetDType, y, &type);
    CHECK(type == 4);
    OK(MXNDArrayFree, y);

    /* Another handle of the same array. */
    OK(MXShallowCopyNDArray, x, &y);
    CHECK(y != x && has_values(y, 6, values));
    OK(MXNDArrayFree, x);
    CHECK(has_values(y, 6, values));
    FAILS(MXNDArrayGetShape, x, (mx_uint *)&rank, (const mx_uint **)&extents);
    FAILS(MXNDArrayFree, x);

    /* DLPack: out, and in again. */
    DLManagedTensorHandle tensor = NULL;
    OK(MXNDArrayToDLPack, y, &tensor);
    OK(MXNDArrayFromDLPack, tensor, &x);
    CHECK(has_shape(x, 2, shape) && has_values(x, 6, values));
    OK(MXNDArrayFree, x);
    OK(MXNDArrayToDLPack, y, &tensor);
    OK(MXNDArrayFromDLPackEx, tensor, 0, &x);
    CHECK(has_values(x, 6, values));
    OK(MXNDArrayFree, x);
    OK(MXNDArrayToDLPack, y, &tensor);
    OK(MXNDArrayCallDLPackDeleter, tensor);
    CHECK(has_values(y, 6, values));
    OK(MXNDArrayFree, y);

    /* An empty place has no shape, and reading it is an error. */
    OK(MXNDArrayCreateNone, &none);
    mx_uint none_rank = 9;
    const mx_uint *pointer = NULL;
    OK(MXNDArrayGetShape, none, &none_rank, &pointer);
    OK(MXNDArrayGetDType, none, &type);
    OK(MXNDArrayGetStorageType, none, &storage);
    CHECK(none_rank == 0 && type == -1 && storage == -1);
    FAILS(MXNDArraySyncCopyToCPU, none, few, 5);
    OK(MXNDArrayFree, none);
    OK(MXNDArrayFree, NULL);

    /* Absurd arguments. */
    const mx_uint huge[] = {4294967295u, 4294967295u, 4294967295u};
    x = (NDArrayHandle)77;
    FAILS(MXNDArrayCreate, huge, 3, 1, 0, 0, &x);
    FAILS(MXNDArrayCreate, shape, 4000000000u, 1, 0, 0, &x);
    FAILS(MXNDArrayCreateEx, shape, 2, 1, 0, 0, 99, &x);
    FAILS(MXNDArrayCreate, shape, 2, 9, 0, 0, &x);
    CHECK(x == (NDArrayHandle)77);
}

void test_sparse_arrays(void)
{
    /* ((1, 0, 2), (0, 3, 0)) by rows. */
    const mx_uint shape[] = {2, 3}, lengths[] = {3, 3};
    const int64_t shape64[] = {2, 3}, lengths64[] = {3, 3};
    mx_uint ranks[] = {1, 1};
    int ranks_int[] = {1, 1}, types[] = {6, 6};
    NDArrayHandle x = NULL, part = NULL, index = NULL;
    OK(MXNDArrayCreateSparseEx, 2, shape, 2, 1, 0, 0, 0, 2, types, ranks, lengths, &x);
    const int64_t starts[] = {0, 2, 3}, columns[] = {0, 2, 1};
    NDArrayHandle data = vector_of((float[]){1, 2, 3}, 3);
    OK(MXNDArraySyncCopyFromNDArray, x, data, -1);
    const mx_uint three[] = {3};
    OK(MXNDArrayCreateEx, three, 1, 1, 0, 0, 6, &index);
    OK(MXNDArraySyncCopyFromCPU, index, starts, 3);
    OK(MXNDArraySyncCopyFromNDArray, x, index, 0);
    OK(MXNDArraySyncCopyFromCPU, index, columns, 3);
    OK(MXNDArraySyncCopyFromNDArray, x, index, 1);
    OK(MXNDArraySyncCheckFormat, x, 1);

    int storage = -7, type = -7;
    OK(MXNDArrayGetStorageType, x, &storage);
    OK(MXNDArrayGetAuxType, x, 0, &type);
    CHECK(storage == 2 && type == 6);
    type = -7;
    OK(MXNDArrayGetAuxType64, x, 1, &type);
    CHECK(type == 6);
    FAILS(MXNDArrayGetAuxType, x, 2, &type);
    OK(MXNDArrayGetDataNDArray, x, &part);
    CHECK(has_values(part, 3, (float[]){1, 2, 3}));
    OK(MXNDArrayFree, part);
    int64_t read[3] = {0};
    OK(MXNDArrayGetAuxNDArray, x, 0, &part);
    OK(MXNDArraySyncCopyToCPU, part, read, 3);
    CHECK(memcmp(read, starts, sizeof read) == 0);
    OK(MXNDArrayFree, part);
    OK(MXNDArrayGetAuxNDArray64, x, 1, &part);
    OK(MXNDArraySyncCopyToCPU, part, read, 3);
    CHECK(memcmp(read, columns, sizeof read) == 0);
    OK(MXNDArrayFree, part);

    const char *keys[] = {"stype"}, *vals[] = {"default"};
    NDArrayHandle dense = invoke("cast_storage", 1, &x, 1, keys, vals);
    CHECK(has_values(dense, 6, (float[]){1, 0, 2, 0, 3, 0}));
    OK(MXNDArrayFree, dense);
    OK(MXNDArrayFree, index);
    OK(MXNDArrayFree, data);
    OK(MXNDArrayFree, x);

    OK(MXNDArrayCreateSparseEx64, 2, shape64, 2, 1, 0, 0, 0, 2, types, ranks_int, lengths64, &x);
    OK(MXNDArrayGetStorageType, x, &storage);
    CHECK(storage == 2);
    OK(MXNDArrayFree, x);
    FAILS(MXNDArrayCreateSparseEx, 7, shape, 2, 1, 0, 0, 0, 2, types, ranks, lengths, &x);
}

void test_shared_arrays(void)
{
    const mx_uint shape[] = {2, 2};
    const int shape_int[] = {2, 2};
    NDArrayHandle x = array_of((float[]){1, 2, 3, 4}, 2, shape), y = NULL;
    int process = 0, id = 0;
    OK(MXNDArrayGetSharedMemHandle, x, &process, &id);
    OK(MXNDArrayFree, x);
    OK(MXNDArrayCreateFromSharedMem, process, id, shape, 2, 0, &y);
    CHECK(has_values(y, 4, (float[]){1, 2, 3, 4}));
    OK(MXNDArrayGetSharedMemHandle, y, &process, &id);
    OK(MXNDArrayCreateFromSharedMemEx, process, id, shape_int, 2, 0, &x);
    CHECK(has_values(x, 4, (float[]){1, 2, 3, 4}));
    OK(MXNDArrayFree, x);
    OK(MXNDArrayFree, y);
}
