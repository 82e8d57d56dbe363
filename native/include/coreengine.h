/*
 * CoreEngine's C interface: the functions of Apache MXNet 1.0.0 (c_api.h, c_predict_api.h, nnvm/c_api.h) with a few of
 * later versions. Written by tools/CoreEngine.Abi from the list of functions.
 *
 * Every function returns 0, or -1 when it failed; MXGetLastError then says why, until the thread's next failing call.
 * A call that fails writes none of its results. Handles are numbers that the library checks: one that was freed, or
 * that another kind of object owns, is an error. Handles may be used and freed by any thread; freeing NULL succeeds.
 * Arrays and strings that a function returns stay valid until the thread's next call that returns the same kind of
 * thing; those of names and descriptions of operators stay for ever. Each handle returned is the caller's to free.
 */
#ifndef COREENGINE_H_
#define COREENGINE_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef COREENGINE_API
#define COREENGINE_API __attribute__((visibility("default")))
#endif

typedef unsigned int mx_uint;
typedef unsigned int nn_uint;
typedef float mx_float;
typedef int64_t dim_t;

typedef void *NDArrayHandle;
typedef const void *FunctionHandle;
typedef void *AtomicSymbolCreator;
typedef void *OpHandle;
typedef void *CachedOpHandle;
typedef void *SymbolHandle;
typedef void *GraphHandle;
typedef void *ExecutorHandle;
typedef void *DataIterCreator;
typedef void *DataIterHandle;
typedef void *KVStoreHandle;
typedef void *RecordIOHandle;
typedef void *RtcHandle;
typedef void *CudaModuleHandle;
typedef void *CudaKernelHandle;
typedef void *PredictorHandle;
typedef void *NDListHandle;
typedef void *ProfileHandle;
typedef void *DLManagedTensorHandle;

/* Called with the name and a new handle of each result of an executor. */
typedef void (*ExecutorMonitorCallback)(const char *name, NDArrayHandle array, void *context);
typedef void (*PredMonitorCallback)(const char *name, NDArrayHandle array, void *context);

/* Called with what was pushed and what the store holds, which it changes. */
typedef void (*MXKVStoreUpdater)(int key, NDArrayHandle recv, NDArrayHandle local, void *context);
typedef void (*MXKVStoreStrUpdater)(const char *key, NDArrayHandle recv, NDArrayHandle local, void *context);
typedef void (*MXKVStoreServerController)(int head, const char *body, void *context);

/* What the caller of custom operators and functions provides. */
typedef struct MXCallbackList
{
    int num_callbacks;
    int (**callbacks)(void);
    void **contexts;
} MXCallbackList;

typedef int (*CustomOpPropCreator)(
    const char *op_type, int num_kwargs, const char **keys, const char **values, MXCallbackList *ret);

/* A feature of the build. */
typedef struct LibFeature
{
    const char *name;
    bool enabled;
} LibFeature;

/* ---- Errors, versions, settings ---- */

/* The text of the calling thread's latest failure; it stays valid until that thread's next one. */
COREENGINE_API const char *MXGetLastError(void);

/* Seeds the random numbers of every device. */
COREENGINE_API int MXRandomSeed(int seed);

/* Waits for all operations; the process is about to end. Handles may still be freed afterwards. */
COREENGINE_API int MXNotifyShutdown(void);

/* Sets how many threads an operator may use. */
COREENGINE_API int MXSetNumOMPThreads(int thread_num);

/* Sets how many operations are scheduled together, and tells how many were before. */
COREENGINE_API int MXEngineSetBulkSize(int bulk_size, int *prev_bulk_size);

/* The version of MXNet whose behaviour this library has, as major * 10000 + minor * 100 + patch. */
COREENGINE_API int MXGetVersion(int *out);

/* Makes a text the calling thread's latest failure. */
COREENGINE_API void NNAPISetLastError(const char *msg);

/* The same text as MXGetLastError. */
COREENGINE_API const char *NNGetLastError(void);

/* The value of an environment variable; NULL where it is not set. The text stays valid until the thread's next call. (MXNet 1.9.1) */
COREENGINE_API int MXGetEnv(const char *name, const char **value);

/* How many GPUs can be used. (MXNet 1.9.1) */
COREENGINE_API int MXGetGPUCount(int *out);

/* A GPU's free and total memory in MiB. (MXNet 1.9.1) */
COREENGINE_API int MXGetGPUMemoryInformation(int dev, int *free_mem, int *total_mem);

/* A GPU's free and total memory in bytes. (MXNet 1.9.1) */
COREENGINE_API int MXGetGPUMemoryInformation64(int dev, uint64_t *free_mem, uint64_t *total_mem);

/* Whether shapes follow NumPy, where an extent of 0 is no unknown one: 0 no, 1 yes. (MXNet 1.9.1) */
COREENGINE_API int MXIsNumpyShape(int *curr);

/* The features that a build may have, and whether this one has them; the list is the library's. (MXNet 1.9.1) */
COREENGINE_API int MXLibInfoFeatures(const LibFeature **libFeature, size_t *size);

/* Seeds the random numbers of one device. (MXNet 1.9.1) */
COREENGINE_API int MXRandomSeedContext(int seed, int dev_type, int dev_id);

/* Sets an environment variable of this process. (MXNet 1.9.1) */
COREENGINE_API int MXSetEnv(const char *name, const char *value);

/* Asks for shapes that follow NumPy, and tells how it was before. (MXNet 1.9.1) */
COREENGINE_API int MXSetIsNumpyShape(int is_np_shape, int *prev);

/* Gives the memory that a device keeps for reuse back to the system. (MXNet 1.9.1) */
COREENGINE_API int MXStorageEmptyCache(int dev_type, int dev_id);

/* ---- Operators: listing, description, calls ---- */

/* Calls an operator on arrays; outputs that point to NULL become new handles, others are written to. */
COREENGINE_API int MXImperativeInvoke(
    AtomicSymbolCreator creator,
    int num_inputs,
    NDArrayHandle *inputs,
    int *num_outputs,
    NDArrayHandle **outputs,
    int num_params,
    const char **param_keys,
    const char **param_vals);

/* Calls an operator as MXImperativeInvoke does, and tells the storage types of the outputs. */
COREENGINE_API int MXImperativeInvokeEx(
    AtomicSymbolCreator creator,
    int num_inputs,
    NDArrayHandle *inputs,
    int *num_outputs,
    NDArrayHandle **outputs,
    int num_params,
    const char **param_keys,
    const char **param_vals,
    const int **out_stypes);

/* The names of all operators, aliases included; the list is the library's. */
COREENGINE_API int MXListAllOpNames(mx_uint *out_size, const char ***out_array);

/* The names of all operators, aliases included; the list is the library's. */
COREENGINE_API int NNListAllOpNames(nn_uint *out_size, const char ***out_array);

/* The handle of the operator with a name or an alias; it is never freed. */
COREENGINE_API int NNGetOpHandle(const char *op_name, OpHandle *op_out);

/* The handles of all operators, each once; the list is the library's. */
COREENGINE_API int NNListUniqueOps(nn_uint *out_size, OpHandle **out_array);

/* An operator's name, what it does, and its arguments: tensors first, then parameters with their types as text. */
COREENGINE_API int NNGetOpInfo(
    OpHandle op,
    const char **real_name,
    const char **description,
    nn_uint *num_doc_args,
    const char ***arg_names,
    const char ***arg_type_infos,
    const char ***arg_descriptions,
    const char **return_type);

/* The handles of all operators, each once; the list is the library's. */
COREENGINE_API int MXSymbolListAtomicSymbolCreators(mx_uint *out_size, AtomicSymbolCreator **out_array);

/* The name of an operator, not its alias. */
COREENGINE_API int MXSymbolGetAtomicSymbolName(AtomicSymbolCreator creator, const char **name);

/* As NNGetOpInfo; key_var_num_args names the parameter that counts the inputs, and is empty where there is none. */
COREENGINE_API int MXSymbolGetAtomicSymbolInfo(
    AtomicSymbolCreator creator,
    const char **name,
    const char **description,
    mx_uint *num_args,
    const char ***arg_names,
    const char ***arg_type_infos,
    const char ***arg_descriptions,
    const char **key_var_num_args,
    const char **return_type);

/* ---- Arrays ---- */

/* An empty place that the first operator to write to it fills. */
COREENGINE_API int MXNDArrayCreateNone(NDArrayHandle *out);

/* A new dense float32 array with arbitrary values. */
COREENGINE_API int MXNDArrayCreate(
    const mx_uint *shape,
    mx_uint ndim,
    int dev_type,
    int dev_id,
    int delay_alloc,
    NDArrayHandle *out);

/* A new dense array of an element type, with arbitrary values. */
COREENGINE_API int MXNDArrayCreateEx(
    const mx_uint *shape,
    mx_uint ndim,
    int dev_type,
    int dev_id,
    int delay_alloc,
    int dtype,
    NDArrayHandle *out);

/* A new sparse array of zeros; types of its numbers are checked, but they are always kept as int64. */
COREENGINE_API int MXNDArrayCreateSparseEx(
    int storage_type,
    const mx_uint *shape,
    mx_uint ndim,
    int dev_type,
    int dev_id,
    int delay_alloc,
    int dtype,
    mx_uint num_aux,
    int *aux_type,
    mx_uint *aux_ndims,
    const mx_uint *aux_shape,
    NDArrayHandle *out);

/* The array that MXNDArraySaveRawBytes made bytes of, on cpu(0). */
COREENGINE_API int MXNDArrayLoadFromRawBytes(const void *buf, size_t size, NDArrayHandle *out);

/* An array as bytes, in the form that files have; they stay valid until the thread's next call that returns a text or bytes. */
COREENGINE_API int MXNDArraySaveRawBytes(NDArrayHandle handle, size_t *out_size, const char **out_buf);

/* Writes arrays to a file, with names unless keys is NULL; the file changes as a whole or not at all. */
COREENGINE_API int MXNDArraySave(const char *fname, mx_uint num_args, NDArrayHandle *args, const char **keys);

/* The arrays of a file as new handles, and their names, if they have any. */
COREENGINE_API int MXNDArrayLoad(
    const char *fname,
    mx_uint *out_size,
    NDArrayHandle **out_arr,
    mx_uint *out_name_size,
    const char ***out_names);

/* Overwrites a dense array with size elements, after waiting until it may be written. */
COREENGINE_API int MXNDArraySyncCopyFromCPU(NDArrayHandle handle, const void *data, size_t size);

/* Copies the size elements of a dense array out, after waiting for them. */
COREENGINE_API int MXNDArraySyncCopyToCPU(NDArrayHandle handle, void *data, size_t size);

/* Sets one part of a sparse array to a dense array: -1 the values, 0 and 1 its lists of numbers; the array changes when its parts fit each other. */
COREENGINE_API int MXNDArraySyncCopyFromNDArray(NDArrayHandle handle_dst, NDArrayHandle handle_src, int i);

/* Checks the numbers of a sparse array after waiting for them; the full check also wants column numbers to ascend in each row. */
COREENGINE_API int MXNDArraySyncCheckFormat(NDArrayHandle handle, bool full_check);

/* Waits until everything that writes an array has run; an operation that failed is reported here. */
COREENGINE_API int MXNDArrayWaitToRead(NDArrayHandle handle);

/* Waits until everything that reads or writes an array has run. */
COREENGINE_API int MXNDArrayWaitToWrite(NDArrayHandle handle);

/* Waits until every operation has run; one that failed is reported here. */
COREENGINE_API int MXNDArrayWaitAll(void);

/* Frees an array's handle; NULL is allowed. */
COREENGINE_API int MXNDArrayFree(NDArrayHandle handle);

/* A view of rows slice_begin up to, not including, slice_end of the first axis; of a CSR matrix a copy. */
COREENGINE_API int MXNDArraySlice(NDArrayHandle handle, mx_uint slice_begin, mx_uint slice_end, NDArrayHandle *out);

/* A view of one row of the first axis, without that axis. */
COREENGINE_API int MXNDArrayAt(NDArrayHandle handle, mx_uint idx, NDArrayHandle *out);

/* How an array is stored: 0 dense, 1 row-sparse, 2 CSR, -1 an empty place. */
COREENGINE_API int MXNDArrayGetStorageType(NDArrayHandle handle, int *out_storage_type);

/* A view of an array in another shape: one extent may be -1, which is deduced, and 0 keeps the extent at its place. */
COREENGINE_API int MXNDArrayReshape(NDArrayHandle handle, int ndim, int *dims, NDArrayHandle *out);

/* An array's rank and extents; the extents stay valid until the thread's next call that returns a shape. */
COREENGINE_API int MXNDArrayGetShape(NDArrayHandle handle, mx_uint *out_dim, const mx_uint **out_pdata);

/* The address of an array's values, valid while the array lives; it does not wait. */
COREENGINE_API int MXNDArrayGetData(NDArrayHandle handle, void **out_pdata);

/* An array's element type; -1 for an empty place. */
COREENGINE_API int MXNDArrayGetDType(NDArrayHandle handle, int *out_dtype);

/* The type of one of a sparse array's lists of numbers: always int64. */
COREENGINE_API int MXNDArrayGetAuxType(NDArrayHandle handle, mx_uint i, int *out_type);

/* A copy of one of a sparse array's lists of numbers: row numbers, or row pointers (0) and column numbers (1). */
COREENGINE_API int MXNDArrayGetAuxNDArray(NDArrayHandle handle, mx_uint i, NDArrayHandle *out);

/* A copy of the values that a sparse array stores. */
COREENGINE_API int MXNDArrayGetDataNDArray(NDArrayHandle handle, NDArrayHandle *out);

/* The type and number of an array's device; 0 and 0 for an empty place. */
COREENGINE_API int MXNDArrayGetContext(NDArrayHandle handle, int *out_dev_type, int *out_dev_id);

/* Two numbers by which one other process finds an array's values; an array that is not on cpu_shared is copied there. */
COREENGINE_API int MXNDArrayGetSharedMemHandle(NDArrayHandle handle, int *shared_pid, int *shared_id);

/* The array behind the two numbers of MXNDArrayGetSharedMemHandle; both processes see what either writes. */
COREENGINE_API int MXNDArrayCreateFromSharedMem(
    int shared_pid,
    int shared_id,
    const mx_uint *shape,
    mx_uint ndim,
    int dtype,
    NDArrayHandle *out);

/* As MXNDArrayAt, with a row number of 64 bits. (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayAt64(NDArrayHandle handle, int64_t idx, NDArrayHandle *out);

/* Ends a loan of MXNDArrayToDLPack that no library took. (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayCallDLPackDeleter(DLManagedTensorHandle dlpack);

/* As MXNDArrayCreateEx, with extents of 64 bits. (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayCreateEx64(
    const int64_t *shape,
    int ndim,
    int dev_type,
    int dev_id,
    int delay_alloc,
    int dtype,
    NDArrayHandle *out);

/* As MXNDArrayCreateFromSharedMem, with signed extents. (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayCreateFromSharedMemEx(
    int shared_pid,
    int shared_id,
    const int *shape,
    int ndim,
    int dtype,
    NDArrayHandle *out);

/* As MXNDArrayCreateSparseEx, with extents of 64 bits. (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayCreateSparseEx64(
    int storage_type,
    const int64_t *shape,
    int ndim,
    int dev_type,
    int dev_id,
    int delay_alloc,
    int dtype,
    uint32_t num_aux,
    int *aux_type,
    int *aux_ndims,
    const int64_t *aux_shape,
    NDArrayHandle *out);

/* An array on memory that another library lends; its deleter is called when nothing uses the memory any more. (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayFromDLPack(DLManagedTensorHandle dlpack, NDArrayHandle *out_handle);

/* As MXNDArrayFromDLPack; a transient structure, unlike the memory, may go away after the call. (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayFromDLPackEx(
    DLManagedTensorHandle dlpack,
    bool transient_handle,
    NDArrayHandle *out_handle);

/* As MXNDArrayGetAuxNDArray, with an index of 64 bits. (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayGetAuxNDArray64(NDArrayHandle handle, int64_t i, NDArrayHandle *out);

/* As MXNDArrayGetAuxType, with an index of 64 bits. (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayGetAuxType64(NDArrayHandle handle, int64_t i, int *out_type);

/* As MXNDArrayGetShape, with signed numbers. (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayGetShapeEx(NDArrayHandle handle, int *out_dim, const int **out_pdata);

/* As MXNDArrayGetShape, with extents of 64 bits. (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayGetShapeEx64(NDArrayHandle handle, int *out_dim, const int64_t **out_pdata);

/* The arrays in the bytes of a file as new handles, and their names, if they have any. (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayLoadFromBuffer(
    const void *ndarray_buffer,
    size_t size,
    uint32_t *out_size,
    NDArrayHandle **out_arr,
    uint32_t *out_name_size,
    const char ***out_names);

/* A view of an array in another shape, with the codes 0 to -4 of the operator Reshape, from the right if reverse. (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayReshape64(NDArrayHandle handle, int ndim, dim_t *dims, bool reverse, NDArrayHandle *out);

/* As MXNDArraySlice, with row numbers of 64 bits. (MXNet 1.9.1) */
COREENGINE_API int MXNDArraySlice64(NDArrayHandle handle, int64_t slice_begin, int64_t slice_end, NDArrayHandle *out);

/* Lends an array to another library of the process, after waiting for its values. (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayToDLPack(NDArrayHandle handle, DLManagedTensorHandle *out_dlpack);

/* Another handle of the same array. (MXNet 1.9.1) */
COREENGINE_API int MXShallowCopyNDArray(NDArrayHandle src, NDArrayHandle *out);

/* ---- Automatic differentiation and cached operators ---- */

/* A new handle of the gradient that belongs to an array; NULL where there is none. */
COREENGINE_API int MXNDArrayGetGrad(NDArrayHandle handle, NDArrayHandle *out);

/* A new handle of the same values that no graph knows. */
COREENGINE_API int MXNDArrayDetach(NDArrayHandle handle, NDArrayHandle *out);

/* Sets or clears the mark that says an array's gradient is fresh. */
COREENGINE_API int MXNDArraySetGradState(NDArrayHandle handle, int state);

/* Whether an array's gradient is fresh: written by a backward pass since the mark was cleared. */
COREENGINE_API int MXNDArrayGetGradState(NDArrayHandle handle, int *out);

/* Starts or stops recording on the calling thread, and tells how it was before. */
COREENGINE_API int MXAutogradSetIsRecording(int is_recording, int *prev);

/* Sets whether operators on the calling thread behave as in training, and tells how it was before. */
COREENGINE_API int MXAutogradSetIsTraining(int is_training, int *prev);

/* Whether the calling thread records. */
COREENGINE_API int MXAutogradIsRecording(bool *curr);

/* Whether operators on the calling thread behave as in training. */
COREENGINE_API int MXAutogradIsTraining(bool *curr);

/* Makes arrays variables: gives each an array for its gradient, and says how it is written (0 not at all, 1 overwritten, 3 added). */
COREENGINE_API int MXAutogradMarkVariables(
    mx_uint num_var,
    NDArrayHandle *var_handles,
    mx_uint *reqs_array,
    NDArrayHandle *grad_handles);

/* Computes the gradients of outputs, each weighted with ones. */
COREENGINE_API int MXAutogradComputeGradient(mx_uint num_output, NDArrayHandle *output_handles);

/* Computes the gradients of outputs; ograd_handles, or any of its entries, may be NULL for ones. */
COREENGINE_API int MXAutogradBackward(
    mx_uint num_output,
    NDArrayHandle *output_handles,
    NDArrayHandle *ograd_handles,
    int retain_graph);

/* Computes the gradients of outputs for the variables' own arrays, or, when variables are named, as new handles with their storage types. */
COREENGINE_API int MXAutogradBackwardEx(
    mx_uint num_output,
    NDArrayHandle *output_handles,
    NDArrayHandle *ograd_handles,
    mx_uint num_variables,
    NDArrayHandle *var_handles,
    int retain_graph,
    int create_graph,
    int is_train,
    NDArrayHandle **grad_handles,
    int **grad_stypes);

/* The recorded computation of an array as a symbol. */
COREENGINE_API int MXAutogradGetSymbol(NDArrayHandle handle, SymbolHandle *out);

/* Makes a symbol callable like an operator. */
COREENGINE_API int MXCreateCachedOp(SymbolHandle handle, CachedOpHandle *out);

/* Frees a cached operator. */
COREENGINE_API int MXFreeCachedOp(CachedOpHandle handle);

/* Calls a cached operator; its inputs are in the order of NNSymbolListInputNames(0). */
COREENGINE_API int MXInvokeCachedOp(
    CachedOpHandle handle,
    int num_inputs,
    NDArrayHandle *inputs,
    int *num_outputs,
    NDArrayHandle **outputs);

/* Calls a cached operator, and tells the storage types of the outputs. */
COREENGINE_API int MXInvokeCachedOpEx(
    CachedOpHandle handle,
    int num_inputs,
    NDArrayHandle *inputs,
    int *num_outputs,
    NDArrayHandle **outputs,
    const int **out_stypes);

/* Makes a symbol callable like an operator, with flags. (MXNet 1.9.1) */
COREENGINE_API int MXCreateCachedOpEx(
    SymbolHandle handle,
    int num_flags,
    const char **keys,
    const char **vals,
    CachedOpHandle *out);

/* ---- Symbols ---- */

/* An operator with its parameters, yet without inputs: MXSymbolCompose gives them. */
COREENGINE_API int MXSymbolCreateAtomicSymbol(
    AtomicSymbolCreator creator,
    mx_uint num_param,
    const char **keys,
    const char **vals,
    SymbolHandle *out);

/* A variable of this name. */
COREENGINE_API int MXSymbolCreateVariable(const char *name, SymbolHandle *out);

/* A symbol of all outputs of some symbols, in order. */
COREENGINE_API int MXSymbolCreateGroup(mx_uint num_symbols, SymbolHandle *symbols, SymbolHandle *out);

/* Reads a symbol from a file. */
COREENGINE_API int MXSymbolCreateFromFile(const char *fname, SymbolHandle *out);

/* Reads a symbol from JSON. */
COREENGINE_API int MXSymbolCreateFromJSON(const char *json, SymbolHandle *out);

/* Writes a symbol to a file, as JSON. */
COREENGINE_API int MXSymbolSaveToFile(SymbolHandle symbol, const char *fname);

/* A symbol as JSON; the text stays valid until the thread's next call that returns one. */
COREENGINE_API int MXSymbolSaveToJSON(SymbolHandle symbol, const char **out_json);

/* Frees a symbol's handle; NULL is nothing to free. */
COREENGINE_API int MXSymbolFree(SymbolHandle symbol);

/* A copy with nodes of its own: attributes set on it do not show on the original. */
COREENGINE_API int MXSymbolCopy(SymbolHandle symbol, SymbolHandle *out);

/* All nodes of a symbol as text, for people to read. */
COREENGINE_API int MXSymbolPrint(SymbolHandle symbol, const char **out_str);

/* The name of the node whose outputs these are; success is 0 for a group of several nodes' outputs. */
COREENGINE_API int MXSymbolGetName(SymbolHandle symbol, const char **out, int *success);

/* An attribute of the node whose outputs these are; success is 0 where there is none. */
COREENGINE_API int MXSymbolGetAttr(SymbolHandle symbol, const char *key, const char **out, int *success);

/* Sets an attribute of the node whose outputs these are. */
COREENGINE_API int MXSymbolSetAttr(SymbolHandle symbol, const char *key, const char *value);

/* The attributes of all nodes: out_size pairs of texts, the key of each being the node's name, a dollar sign and the attribute's. */
COREENGINE_API int MXSymbolListAttr(SymbolHandle symbol, mx_uint *out_size, const char ***out);

/* The attributes of the node whose outputs these are: out_size pairs of key and value. */
COREENGINE_API int MXSymbolListAttrShallow(SymbolHandle symbol, mx_uint *out_size, const char ***out);

/* The names of the variables that have to be given, in the order in which the graph runs. */
COREENGINE_API int MXSymbolListArguments(SymbolHandle symbol, mx_uint *out_size, const char ***out_str_array);

/* The names of the outputs. */
COREENGINE_API int MXSymbolListOutputs(SymbolHandle symbol, mx_uint *out_size, const char ***out_str_array);

/* A symbol of all visible outputs of all nodes. */
COREENGINE_API int MXSymbolGetInternals(SymbolHandle symbol, SymbolHandle *out);

/* A symbol of the inputs of the nodes whose outputs these are; it has no outputs when there are none. */
COREENGINE_API int MXSymbolGetChildren(SymbolHandle symbol, SymbolHandle *out);

/* One of the outputs as a symbol of its own. */
COREENGINE_API int MXSymbolGetOutput(SymbolHandle symbol, mx_uint index, SymbolHandle *out);

/* The names of the variables that operators keep states in. */
COREENGINE_API int MXSymbolListAuxiliaryStates(SymbolHandle symbol, mx_uint *out_size, const char ***out_str_array);

/* Gives an operator its inputs, by place when keys is NULL, else by name; or puts symbols in the places of variables. The handle stands for the result afterwards. */
COREENGINE_API int MXSymbolCompose(
    SymbolHandle sym,
    const char *name,
    mx_uint num_args,
    const char **keys,
    SymbolHandle *args);

/* Always fails, as it does in MXNet 1.0.0: gradients come with binding. */
COREENGINE_API int MXSymbolGrad(SymbolHandle sym, mx_uint num_wrt, const char **wrt, SymbolHandle *out);

/* Deduces the shapes of arguments, outputs and auxiliary states from some of them; rank 0 is not known. Where keys is NULL, they are those of the first arguments. */
COREENGINE_API int MXSymbolInferShape(
    SymbolHandle sym,
    mx_uint num_args,
    const char **keys,
    const mx_uint *arg_ind_ptr,
    const mx_uint *arg_shape_data,
    mx_uint *in_shape_size,
    const mx_uint **in_shape_ndim,
    const mx_uint ***in_shape_data,
    mx_uint *out_shape_size,
    const mx_uint **out_shape_ndim,
    const mx_uint ***out_shape_data,
    mx_uint *aux_shape_size,
    const mx_uint **aux_shape_ndim,
    const mx_uint ***aux_shape_data,
    int *complete);

/* As MXSymbolInferShape, but complete is 1 whether or not everything is known. */
COREENGINE_API int MXSymbolInferShapePartial(
    SymbolHandle sym,
    mx_uint num_args,
    const char **keys,
    const mx_uint *arg_ind_ptr,
    const mx_uint *arg_shape_data,
    mx_uint *in_shape_size,
    const mx_uint **in_shape_ndim,
    const mx_uint ***in_shape_data,
    mx_uint *out_shape_size,
    const mx_uint **out_shape_ndim,
    const mx_uint ***out_shape_data,
    mx_uint *aux_shape_size,
    const mx_uint **aux_shape_ndim,
    const mx_uint ***aux_shape_data,
    int *complete);

/* Deduces the element types of arguments, outputs and auxiliary states from some of them; -1 is not known. */
COREENGINE_API int MXSymbolInferType(
    SymbolHandle sym,
    mx_uint num_args,
    const char **keys,
    const int *arg_type_data,
    mx_uint *in_type_size,
    const int **in_type_data,
    mx_uint *out_type_size,
    const int **out_type_data,
    mx_uint *aux_type_size,
    const int **aux_type_data,
    int *complete);

/* The same as MXSymbolCreateAtomicSymbol. */
COREENGINE_API int NNSymbolCreateAtomicSymbol(
    OpHandle op,
    nn_uint num_param,
    const char **keys,
    const char **vals,
    SymbolHandle *out);

/* The same as MXSymbolCreateVariable. */
COREENGINE_API int NNSymbolCreateVariable(const char *name, SymbolHandle *out);

/* The same as MXSymbolCreateGroup. */
COREENGINE_API int NNSymbolCreateGroup(nn_uint num_symbols, SymbolHandle *symbols, SymbolHandle *out);

/* Makes a node run only after those of another symbol. */
COREENGINE_API int NNAddControlDeps(SymbolHandle handle, SymbolHandle src_dep);

/* The same as MXSymbolFree. */
COREENGINE_API int NNSymbolFree(SymbolHandle symbol);

/* The same as MXSymbolCopy. */
COREENGINE_API int NNSymbolCopy(SymbolHandle symbol, SymbolHandle *out);

/* The same as MXSymbolPrint. */
COREENGINE_API int NNSymbolPrint(SymbolHandle symbol, const char **out_str);

/* As MXSymbolGetAttr, with the text in the buffer of the NN functions. */
COREENGINE_API int NNSymbolGetAttr(SymbolHandle symbol, const char *key, const char **out, int *success);

/* Sets several attributes of the node whose outputs these are. */
COREENGINE_API int NNSymbolSetAttrs(SymbolHandle symbol, nn_uint num_param, const char **keys, const char **values);

/* As MXSymbolListAttr where the option is 0, else as MXSymbolListAttrShallow. */
COREENGINE_API int NNSymbolListAttrs(SymbolHandle symbol, int recursive_option, nn_uint *out_size, const char ***out);

/* The variables as symbols, each to be freed: all where the option is 0, arguments where it is 1, auxiliary states where it is 2. */
COREENGINE_API int NNSymbolListInputVariables(
    SymbolHandle symbol,
    int option,
    nn_uint *out_size,
    SymbolHandle **out_sym_array);

/* The names of the variables: all where the option is 0, arguments where it is 1, auxiliary states where it is 2. */
COREENGINE_API int NNSymbolListInputNames(
    SymbolHandle symbol,
    int option,
    nn_uint *out_size,
    const char ***out_str_array);

/* The same as MXSymbolListOutputs. */
COREENGINE_API int NNSymbolListOutputNames(SymbolHandle symbol, nn_uint *out_size, const char ***out_str_array);

/* The same as MXSymbolGetInternals. */
COREENGINE_API int NNSymbolGetInternals(SymbolHandle symbol, SymbolHandle *out);

/* The same as MXSymbolGetOutput. */
COREENGINE_API int NNSymbolGetOutput(SymbolHandle symbol, nn_uint index, SymbolHandle *out);

/* The same as MXSymbolCompose. */
COREENGINE_API int NNSymbolCompose(
    SymbolHandle sym,
    const char *name,
    nn_uint num_args,
    const char **keys,
    SymbolHandle *args);

/* Another handle of the same symbol; composing one does not change the other. (MXNet 1.9.1) */
COREENGINE_API int MXShallowCopySymbol(SymbolHandle src, SymbolHandle *out);

/* Always fails: control flow operators, which it serves, came after MXNet 1.0.0. (MXNet 1.9.1) */
COREENGINE_API int MXSymbolCutSubgraph(SymbolHandle sym, SymbolHandle **inputs, int *input_size);

/* All variables as symbols, each to be freed, in the order in which the graph runs. (MXNet 1.9.1) */
COREENGINE_API int MXSymbolGetInputSymbols(SymbolHandle sym, SymbolHandle **inputs, int *input_size);

/* How many outputs a symbol has. (MXNet 1.9.1) */
COREENGINE_API int MXSymbolGetNumOutputs(SymbolHandle symbol, uint32_t *output_count);

/* As MXSymbolInferShape with signed extents; a negative one is not known. (MXNet 1.9.1) */
COREENGINE_API int MXSymbolInferShapeEx(
    SymbolHandle sym,
    uint32_t num_args,
    const char **keys,
    const uint32_t *arg_ind_ptr,
    const int *arg_shape_data,
    uint32_t *in_shape_size,
    const int **in_shape_ndim,
    const int ***in_shape_data,
    uint32_t *out_shape_size,
    const int **out_shape_ndim,
    const int ***out_shape_data,
    uint32_t *aux_shape_size,
    const int **aux_shape_ndim,
    const int ***aux_shape_data,
    int *complete);

/* As MXSymbolInferShape with extents of 64 bits. (MXNet 1.9.1) */
COREENGINE_API int MXSymbolInferShapeEx64(
    SymbolHandle sym,
    uint32_t num_args,
    const char **keys,
    const int64_t *arg_ind_ptr,
    const int64_t *arg_shape_data,
    size_t *in_shape_size,
    const int **in_shape_ndim,
    const int64_t ***in_shape_data,
    size_t *out_shape_size,
    const int **out_shape_ndim,
    const int64_t ***out_shape_data,
    size_t *aux_shape_size,
    const int **aux_shape_ndim,
    const int64_t ***aux_shape_data,
    int *complete);

/* As MXSymbolInferShapePartial with signed extents; a negative one is not known. (MXNet 1.9.1) */
COREENGINE_API int MXSymbolInferShapePartialEx(
    SymbolHandle sym,
    uint32_t num_args,
    const char **keys,
    const uint32_t *arg_ind_ptr,
    const int *arg_shape_data,
    uint32_t *in_shape_size,
    const int **in_shape_ndim,
    const int ***in_shape_data,
    uint32_t *out_shape_size,
    const int **out_shape_ndim,
    const int ***out_shape_data,
    uint32_t *aux_shape_size,
    const int **aux_shape_ndim,
    const int ***aux_shape_data,
    int *complete);

/* As MXSymbolInferShapePartial with extents of 64 bits. (MXNet 1.9.1) */
COREENGINE_API int MXSymbolInferShapePartialEx64(
    SymbolHandle sym,
    uint32_t num_args,
    const char **keys,
    const int64_t *arg_ind_ptr,
    const int64_t *arg_shape_data,
    size_t *in_shape_size,
    const int **in_shape_ndim,
    const int64_t ***in_shape_data,
    size_t *out_shape_size,
    const int **out_shape_ndim,
    const int64_t ***out_shape_data,
    size_t *aux_shape_size,
    const int **aux_shape_ndim,
    const int64_t ***aux_shape_data,
    int *complete);

/* As MXSymbolInferType, but complete is 1 whether or not everything is known. (MXNet 1.9.1) */
COREENGINE_API int MXSymbolInferTypePartial(
    SymbolHandle sym,
    uint32_t num_args,
    const char **keys,
    const int *arg_type_data,
    uint32_t *in_type_size,
    const int **in_type_data,
    uint32_t *out_type_size,
    const int **out_type_data,
    uint32_t *aux_type_size,
    const int **aux_type_data,
    int *complete);

/* A copy of a symbol: there are no casts of automatic mixed precision to remove. (MXNet 1.9.1) */
COREENGINE_API int MXSymbolRemoveAmpCast(SymbolHandle sym_handle, SymbolHandle *ret_sym_handle);

/* The same as MXSymbolGetChildren. (MXNet 1.9.1) */
COREENGINE_API int NNSymbolGetChildren(SymbolHandle symbol, SymbolHandle *out);

/* The same as MXSymbolGetNumOutputs. (MXNet 1.9.1) */
COREENGINE_API int NNSymbolGetNumOutputs(SymbolHandle symbol, nn_uint *output_count);

/* ---- Graphs ---- */

/* A graph of a symbol's outputs, on which notes can be made. */
COREENGINE_API int NNGraphCreate(SymbolHandle symbol, GraphHandle *graph);

/* Frees a graph's handle; NULL is nothing to free. */
COREENGINE_API int NNGraphFree(GraphHandle handle);

/* The symbol of a graph's outputs. */
COREENGINE_API int NNGraphGetSymbol(GraphHandle graph, SymbolHandle *symbol);

/* Makes a note on a graph: an array in JSON of the name of a type and a value. */
COREENGINE_API int NNGraphSetJSONAttr(GraphHandle handle, const char *key, const char *json_value);

/* A note on a graph as JSON; success is 0 where there is none. */
COREENGINE_API int NNGraphGetJSONAttr(SymbolHandle handle, const char *key, const char **json_out, int *success);

/* Makes a note on a graph that is a list of outputs of nodes. */
COREENGINE_API int NNGraphSetNodeEntryListAttr_(GraphHandle handle, const char *key, SymbolHandle list);

/* A new graph from passes by name, one after the other; there are SaveJSON and LoadJSON, which write and read the note json. */
COREENGINE_API int NNGraphApplyPasses(GraphHandle src, nn_uint num_pass, const char **pass_names, GraphHandle *dst);

/* ---- Executors ---- */

/* Frees an executor's handle; NULL is nothing to free. Its arrays stay valid. */
COREENGINE_API int MXExecutorFree(ExecutorHandle handle);

/* What an executor computes, and how much memory it takes, as text. */
COREENGINE_API int MXExecutorPrint(ExecutorHandle handle, const char **out_str);

/* Schedules the computation; reading a result waits for it. */
COREENGINE_API int MXExecutorForward(ExecutorHandle handle, int is_train);

/* Schedules the gradients, in training mode; head gradients that are not given are ones. */
COREENGINE_API int MXExecutorBackward(ExecutorHandle handle, mx_uint len, NDArrayHandle *head_grads);

/* Schedules the gradients; is_train says in which mode backward operators run. */
COREENGINE_API int MXExecutorBackwardEx(ExecutorHandle handle, mx_uint len, NDArrayHandle *head_grads, int is_train);

/* New handles of the results: the same arrays each time. */
COREENGINE_API int MXExecutorOutputs(ExecutorHandle handle, mx_uint *out_size, NDArrayHandle **out);

/* Binds a symbol to arrays: one for each argument, for its gradient (NULL for none) and for each auxiliary state. */
COREENGINE_API int MXExecutorBind(
    SymbolHandle symbol_handle,
    int dev_type,
    int dev_id,
    mx_uint len,
    NDArrayHandle *in_args,
    NDArrayHandle *arg_grad_store,
    mx_uint *grad_req_type,
    mx_uint aux_states_len,
    NDArrayHandle *aux_states,
    ExecutorHandle *out);

/* As MXExecutorBind, with devices for groups of nodes. */
COREENGINE_API int MXExecutorBindX(
    SymbolHandle symbol_handle,
    int dev_type,
    int dev_id,
    mx_uint num_map_keys,
    const char **map_keys,
    const int *map_dev_types,
    const int *map_dev_ids,
    mx_uint len,
    NDArrayHandle *in_args,
    NDArrayHandle *arg_grad_store,
    mx_uint *grad_req_type,
    mx_uint aux_states_len,
    NDArrayHandle *aux_states,
    ExecutorHandle *out);

/* As MXExecutorBindX, with another executor whose memory is used, too. */
COREENGINE_API int MXExecutorBindEX(
    SymbolHandle symbol_handle,
    int dev_type,
    int dev_id,
    mx_uint num_map_keys,
    const char **map_keys,
    const int *map_dev_types,
    const int *map_dev_ids,
    mx_uint len,
    NDArrayHandle *in_args,
    NDArrayHandle *arg_grad_store,
    mx_uint *grad_req_type,
    mx_uint aux_states_len,
    NDArrayHandle *aux_states,
    ExecutorHandle shared_exec,
    ExecutorHandle *out);

/* Binds a symbol to new arrays, whose shapes and types are deduced, and returns handles of them. Arrays can be shared by name through a buffer, and with another executor. */
COREENGINE_API int MXExecutorSimpleBind(
    SymbolHandle symbol_handle,
    int dev_type,
    int dev_id,
    mx_uint num_g2c_keys,
    const char **g2c_keys,
    const int *g2c_dev_types,
    const int *g2c_dev_ids,
    mx_uint provided_grad_req_list_len,
    const char **provided_grad_req_names,
    const char **provided_grad_req_types,
    mx_uint num_provided_arg_shapes,
    const char **provided_arg_shape_names,
    const mx_uint *provided_arg_shape_data,
    const mx_uint *provided_arg_shape_idx,
    mx_uint num_provided_arg_dtypes,
    const char **provided_arg_dtype_names,
    const int *provided_arg_dtypes,
    mx_uint num_provided_arg_stypes,
    const char **provided_arg_stype_names,
    const int *provided_arg_stypes,
    mx_uint num_shared_arg_names,
    const char **shared_arg_name_list,
    int *shared_buffer_len,
    const char **shared_buffer_name_list,
    NDArrayHandle *shared_buffer_handle_list,
    const char ***updated_shared_buffer_name_list,
    NDArrayHandle **updated_shared_buffer_handle_list,
    mx_uint *num_in_args,
    NDArrayHandle **in_args,
    NDArrayHandle **arg_grads,
    mx_uint *num_aux_states,
    NDArrayHandle **aux_states,
    ExecutorHandle shared_exec_handle,
    ExecutorHandle *out);

/* Has every result shown to a callback, on the thread that calls forward or backward; the callback owns the handle that it gets. NULL ends that. */
COREENGINE_API int MXExecutorSetMonitorCallback(
    ExecutorHandle handle,
    ExecutorMonitorCallback callback,
    void *callback_handle);

/* An executor of the same computation for other shapes, which shares the arrays of the first. (MXNet 1.9.1) */
COREENGINE_API int MXExecutorReshape(
    int partial_shaping,
    int allow_up_sizing,
    int dev_type,
    int dev_id,
    uint32_t num_map_keys,
    const char **map_keys,
    const int *map_dev_types,
    const int *map_dev_ids,
    uint32_t num_provided_arg_shapes,
    const char **provided_arg_shape_names,
    const uint32_t *provided_arg_shape_data,
    const uint32_t *provided_arg_shape_idx,
    uint32_t *num_in_args,
    NDArrayHandle **in_args,
    NDArrayHandle **arg_grads,
    uint32_t *num_aux_states,
    NDArrayHandle **aux_states,
    ExecutorHandle shared_exec,
    ExecutorHandle *out);

/* As MXExecutorReshape with signed extents. (MXNet 1.9.1) */
COREENGINE_API int MXExecutorReshapeEx(
    int partial_shaping,
    int allow_up_sizing,
    int dev_type,
    int dev_id,
    uint32_t num_map_keys,
    const char **map_keys,
    const int *map_dev_types,
    const int *map_dev_ids,
    uint32_t num_provided_arg_shapes,
    const char **provided_arg_shape_names,
    const int *provided_arg_shape_data,
    const uint32_t *provided_arg_shape_idx,
    uint32_t *num_in_args,
    NDArrayHandle **in_args,
    NDArrayHandle **arg_grads,
    uint32_t *num_aux_states,
    NDArrayHandle **aux_states,
    ExecutorHandle shared_exec,
    ExecutorHandle *out);

/* As MXExecutorSetMonitorCallback; where monitor_all is set, the inputs of every call are shown, too. (MXNet 1.9.1) */
COREENGINE_API int MXExecutorSetMonitorCallbackEX(
    ExecutorHandle handle,
    ExecutorMonitorCallback callback,
    void *callback_handle,
    bool monitor_all);

/* As MXExecutorSimpleBind with signed extents. (MXNet 1.9.1) */
COREENGINE_API int MXExecutorSimpleBindEx(
    SymbolHandle symbol_handle,
    int dev_type,
    int dev_id,
    uint32_t num_g2c_keys,
    const char **g2c_keys,
    const int *g2c_dev_types,
    const int *g2c_dev_ids,
    uint32_t provided_grad_req_list_len,
    const char **provided_grad_req_names,
    const char **provided_grad_req_types,
    uint32_t num_provided_arg_shapes,
    const char **provided_arg_shape_names,
    const int *provided_arg_shape_data,
    const uint32_t *provided_arg_shape_idx,
    uint32_t num_provided_arg_dtypes,
    const char **provided_arg_dtype_names,
    const int *provided_arg_dtypes,
    uint32_t num_provided_arg_stypes,
    const char **provided_arg_stype_names,
    const int *provided_arg_stypes,
    uint32_t num_shared_arg_names,
    const char **shared_arg_name_list,
    int *shared_buffer_len,
    const char **shared_buffer_name_list,
    NDArrayHandle *shared_buffer_handle_list,
    const char ***updated_shared_buffer_name_list,
    NDArrayHandle **updated_shared_buffer_handle_list,
    uint32_t *num_in_args,
    NDArrayHandle **in_args,
    NDArrayHandle **arg_grads,
    uint32_t *num_aux_states,
    NDArrayHandle **aux_states,
    ExecutorHandle shared_exec_handle,
    ExecutorHandle *out);

/* As MXExecutorSimpleBind with extents of 64 bits. (MXNet 1.9.1) */
COREENGINE_API int MXExecutorSimpleBindEx64(
    SymbolHandle symbol_handle,
    int dev_type,
    int dev_id,
    uint32_t num_g2c_keys,
    const char **g2c_keys,
    const int *g2c_dev_types,
    const int *g2c_dev_ids,
    uint32_t provided_grad_req_list_len,
    const char **provided_grad_req_names,
    const char **provided_grad_req_types,
    uint32_t num_provided_arg_shapes,
    const char **provided_arg_shape_names,
    const int64_t *provided_arg_shape_data,
    const uint32_t *provided_arg_shape_idx,
    uint32_t num_provided_arg_dtypes,
    const char **provided_arg_dtype_names,
    const int *provided_arg_dtypes,
    uint32_t num_provided_arg_stypes,
    const char **provided_arg_stype_names,
    const int *provided_arg_stypes,
    uint32_t num_shared_arg_names,
    const char **shared_arg_name_list,
    int *shared_buffer_len,
    const char **shared_buffer_name_list,
    NDArrayHandle *shared_buffer_handle_list,
    const char ***updated_shared_buffer_name_list,
    NDArrayHandle **updated_shared_buffer_handle_list,
    uint32_t *num_in_args,
    NDArrayHandle **in_args,
    NDArrayHandle **arg_grads,
    uint32_t *num_aux_states,
    NDArrayHandle **aux_states,
    ExecutorHandle shared_exec_handle,
    ExecutorHandle *out);

/* ---- Operators and functions written by the caller ---- */

/* Registers a custom operator; the creator is called whenever a node's attributes are read. Callbacks run on the thread that schedules the operator. */
COREENGINE_API int MXCustomOpRegister(const char *op_type, CustomOpPropCreator creator);

/* Records a function that the caller computed, whose backward pass is a callback; the list must live until its callback 1 is called. */
COREENGINE_API int MXCustomFunctionRecord(
    int num_inputs,
    NDArrayHandle *inputs,
    int num_outputs,
    NDArrayHandle *outputs,
    MXCallbackList *callbacks);

/* ---- Data iterators ---- */

/* The kinds of data iterators; the list stays for ever. */
COREENGINE_API int MXListDataIters(mx_uint *out_size, DataIterCreator **out_array);

/* Makes a data iterator; keys that its kind does not know are ignored. */
COREENGINE_API int MXDataIterCreateIter(
    DataIterCreator handle,
    mx_uint num_param,
    const char **keys,
    const char **vals,
    DataIterHandle *out);

/* The name, description and parameters of a kind of data iterators. */
COREENGINE_API int MXDataIterGetIterInfo(
    DataIterCreator creator,
    const char **name,
    const char **description,
    mx_uint *num_args,
    const char ***arg_names,
    const char ***arg_type_infos,
    const char ***arg_descriptions);

/* Frees a data iterator. */
COREENGINE_API int MXDataIterFree(DataIterHandle handle);

/* Goes to the next batch: 1 when there is one, 0 at the end. */
COREENGINE_API int MXDataIterNext(DataIterHandle handle, int *out);

/* Goes back to before the first batch. */
COREENGINE_API int MXDataIterBeforeFirst(DataIterHandle handle);

/* A new handle of the data of the current batch. */
COREENGINE_API int MXDataIterGetData(DataIterHandle handle, NDArrayHandle *out);

/* The identities of the samples of the current batch; they stay valid until the iterator moves. */
COREENGINE_API int MXDataIterGetIndex(DataIterHandle handle, uint64_t **out_index, uint64_t *out_size);

/* How many samples at the end of the current batch only fill it up. */
COREENGINE_API int MXDataIterGetPadNum(DataIterHandle handle, int *pad);

/* A new handle of the labels of the current batch. */
COREENGINE_API int MXDataIterGetLabel(DataIterHandle handle, NDArrayHandle *out);

/* ---- Record files ---- */

/* Opens a record file for writing; what was in it is lost. */
COREENGINE_API int MXRecordIOWriterCreate(const char *uri, RecordIOHandle *out);

/* Closes a record file that was written. */
COREENGINE_API int MXRecordIOWriterFree(RecordIOHandle handle);

/* Appends a record of up to 2^29 - 1 bytes. */
COREENGINE_API int MXRecordIOWriterWriteRecord(RecordIOHandle handle, const char *buf, size_t size);

/* The offset in bytes at which the next record will be written. */
COREENGINE_API int MXRecordIOWriterTell(RecordIOHandle handle, size_t *pos);

/* Opens a record file for reading. */
COREENGINE_API int MXRecordIOReaderCreate(const char *uri, RecordIOHandle *out);

/* Closes a record file that was read. */
COREENGINE_API int MXRecordIOReaderFree(RecordIOHandle handle);

/* Reads the next record, which stays valid until the reader's next call; at the end of the file buf is NULL and size is 0. */
COREENGINE_API int MXRecordIOReaderReadRecord(RecordIOHandle handle, const char **buf, size_t *size);

/* Goes to an offset in bytes at which a record starts. */
COREENGINE_API int MXRecordIOReaderSeek(RecordIOHandle handle, size_t pos);

/* The offset in bytes of the next record. */
COREENGINE_API int MXRecordIOReaderTell(RecordIOHandle handle, size_t *pos);

/* ---- Images ---- */

/* Decodes an image to an array of uint8 of (height, width, channels); flag 0 asks for grey, 1 for colour in the order blue, green, red. */
COREENGINE_API int MXCVImdecode(const unsigned char *img, mx_uint len, int flag, NDArrayHandle *out);

/* Resizes an image of uint8 of (height, width, channels). */
COREENGINE_API int MXCVResize(NDArrayHandle src, mx_uint w, mx_uint h, int interpolation, NDArrayHandle *out);

/* Adds a border to an image of uint8 of (height, width, channels). */
COREENGINE_API int MXCVcopyMakeBorder(
    NDArrayHandle src,
    int top,
    int bot,
    int left,
    int right,
    int type,
    double value,
    NDArrayHandle *out);

/* ---- Key-value stores ---- */

/* Sets the environment variables that say which part this process plays in distributed training. */
COREENGINE_API int MXInitPSEnv(mx_uint num_vars, const char **keys, const char **vals);

/* Makes a key-value store of a type: local or device, or one of the distributed types. */
COREENGINE_API int MXKVStoreCreate(const char *type, KVStoreHandle *out);

/* Has gradients compressed; the keys are type and threshold. */
COREENGINE_API int MXKVStoreSetGradientCompression(
    KVStoreHandle handle,
    mx_uint num_params,
    const char **keys,
    const char **vals);

/* Frees a key-value store. */
COREENGINE_API int MXKVStoreFree(KVStoreHandle handle);

/* Gives keys their first values; each key once. */
COREENGINE_API int MXKVStoreInit(KVStoreHandle handle, mx_uint num, const int *keys, NDArrayHandle *vals);

/* MXKVStoreInit with texts as keys. */
COREENGINE_API int MXKVStoreInitEx(KVStoreHandle handle, mx_uint num, const char **keys, NDArrayHandle *vals);

/* Pushes values: those of the same key are summed, and the sum goes to the updater or replaces what is stored. */
COREENGINE_API int MXKVStorePush(KVStoreHandle handle, mx_uint num, const int *keys, NDArrayHandle *vals, int priority);

/* MXKVStorePush with texts as keys. */
COREENGINE_API int MXKVStorePushEx(
    KVStoreHandle handle,
    mx_uint num,
    const char **keys,
    NDArrayHandle *vals,
    int priority);

/* Writes what is stored to arrays. */
COREENGINE_API int MXKVStorePull(KVStoreHandle handle, mx_uint num, const int *keys, NDArrayHandle *vals, int priority);

/* MXKVStorePull with texts as keys. */
COREENGINE_API int MXKVStorePullEx(
    KVStoreHandle handle,
    mx_uint num,
    const char **keys,
    NDArrayHandle *vals,
    int priority);

/* Writes the rows named by row_ids of what is stored to row-sparse arrays. */
COREENGINE_API int MXKVStorePullRowSparse(
    KVStoreHandle handle,
    mx_uint num,
    const int *keys,
    NDArrayHandle *vals,
    const NDArrayHandle *row_ids,
    int priority);

/* MXKVStorePullRowSparse with texts as keys. */
COREENGINE_API int MXKVStorePullRowSparseEx(
    KVStoreHandle handle,
    mx_uint num,
    const char **keys,
    NDArrayHandle *vals,
    const NDArrayHandle *row_ids,
    int priority);

/* Sets the function that is called with what was pushed and what is stored, on the thread that pushes. */
COREENGINE_API int MXKVStoreSetUpdater(KVStoreHandle handle, MXKVStoreUpdater updater, void *updater_handle);

/* Sets one such function for numbers and one for texts as keys. */
COREENGINE_API int MXKVStoreSetUpdaterEx(
    KVStoreHandle handle,
    MXKVStoreUpdater updater,
    MXKVStoreStrUpdater str_updater,
    void *updater_handle);

/* The type that a store was made with; the text lives as long as the store. */
COREENGINE_API int MXKVStoreGetType(KVStoreHandle handle, const char **type);

/* The number of this worker among the workers. */
COREENGINE_API int MXKVStoreGetRank(KVStoreHandle handle, int *ret);

/* How many workers there are. */
COREENGINE_API int MXKVStoreGetGroupSize(KVStoreHandle handle, int *ret);

/* Whether this process is a worker. */
COREENGINE_API int MXKVStoreIsWorkerNode(int *ret);

/* Whether this process is a server. */
COREENGINE_API int MXKVStoreIsServerNode(int *ret);

/* Whether this process is the scheduler. */
COREENGINE_API int MXKVStoreIsSchedulerNode(int *ret);

/* Waits until every worker waits here. */
COREENGINE_API int MXKVStoreBarrier(KVStoreHandle handle);

/* Sets whether workers wait for each other before they end. */
COREENGINE_API int MXKVStoreSetBarrierBeforeExit(KVStoreHandle handle, int barrier_before_exit);

/* Serves until told to stop; the controller is called on this thread with each command. */
COREENGINE_API int MXKVStoreRunServer(
    KVStoreHandle handle,
    MXKVStoreServerController controller,
    void *controller_handle);

/* Sends a command to all servers. */
COREENGINE_API int MXKVStoreSendCommmandToServers(KVStoreHandle handle, int cmd_id, const char *cmd_body);

/* How many of the processes named by node_id have not been heard of for timeout_sec seconds. */
COREENGINE_API int MXKVStoreGetNumDeadNode(KVStoreHandle handle, int node_id, int *number, int timeout_sec);

/* Gives keys their first values and writes them to arrays. (MXNet 1.9.1) */
COREENGINE_API int MXKVStoreBroadcast(
    KVStoreHandle handle,
    mx_uint vnum,
    const int *vkeys,
    mx_uint onum,
    const int *okeys,
    NDArrayHandle *vals,
    NDArrayHandle *outs,
    int priority);

/* MXKVStoreBroadcast with texts as keys. (MXNet 1.9.1) */
COREENGINE_API int MXKVStoreBroadcastEx(
    KVStoreHandle handle,
    mx_uint vnum,
    const char **vkeys,
    mx_uint onum,
    const char **okeys,
    NDArrayHandle *vals,
    NDArrayHandle *outs,
    int priority);

/* Writes what is stored to arrays; ignore_sparse leaves row-sparse values out. (MXNet 1.9.1) */
COREENGINE_API int MXKVStorePullWithSparse(
    KVStoreHandle handle,
    uint32_t num,
    const int *keys,
    NDArrayHandle *vals,
    int priority,
    bool ignore_sparse);

/* MXKVStorePullWithSparse with texts as keys. (MXNet 1.9.1) */
COREENGINE_API int MXKVStorePullWithSparseEx(
    KVStoreHandle handle,
    uint32_t num,
    const char **keys,
    NDArrayHandle *vals,
    int priority,
    bool ignore_sparse);

/* Pushes values and writes what is then stored to arrays. (MXNet 1.9.1) */
COREENGINE_API int MXKVStorePushPull(
    KVStoreHandle handle,
    mx_uint vnum,
    const int *vkeys,
    mx_uint onum,
    const int *okeys,
    NDArrayHandle *vals,
    NDArrayHandle *outs,
    int priority);

/* MXKVStorePushPull with texts as keys. (MXNet 1.9.1) */
COREENGINE_API int MXKVStorePushPullEx(
    KVStoreHandle handle,
    mx_uint vnum,
    const char **vkeys,
    mx_uint onum,
    const char **okeys,
    NDArrayHandle *vals,
    NDArrayHandle *outs,
    int priority);

/* ---- Prediction ---- */

/* Makes a predictor from a symbol's JSON text and the bytes of a parameter file; the input shapes are in CSR form. */
COREENGINE_API int MXPredCreate(
    const char *symbol_json_str,
    const void *param_bytes,
    int param_size,
    int dev_type,
    int dev_id,
    mx_uint num_input_nodes,
    const char **input_keys,
    const mx_uint *input_shape_indptr,
    const mx_uint *input_shape_data,
    PredictorHandle *out);

/* Makes a predictor that computes the outputs of the named nodes only. */
COREENGINE_API int MXPredCreatePartialOut(
    const char *symbol_json_str,
    const void *param_bytes,
    int param_size,
    int dev_type,
    int dev_id,
    mx_uint num_input_nodes,
    const char **input_keys,
    const mx_uint *input_shape_indptr,
    const mx_uint *input_shape_data,
    mx_uint num_output_nodes,
    const char **output_keys,
    PredictorHandle *out);

/* The shape of an output; it stays valid until the next such call with this predictor. */
COREENGINE_API int MXPredGetOutputShape(
    PredictorHandle handle,
    mx_uint index,
    mx_uint **shape_data,
    mx_uint *shape_ndim);

/* Sets an input; size counts floats. */
COREENGINE_API int MXPredSetInput(PredictorHandle handle, const char *key, const mx_float *data, mx_uint size);

/* Starts the forward pass. */
COREENGINE_API int MXPredForward(PredictorHandle handle);

/* Runs the nodes up to number step of the forward pass and tells how many are left. */
COREENGINE_API int MXPredPartialForward(PredictorHandle handle, int step, int *step_left);

/* Waits for an output and copies it; size counts floats. */
COREENGINE_API int MXPredGetOutput(PredictorHandle handle, mx_uint index, mx_float *data, mx_uint size);

/* Frees a predictor. */
COREENGINE_API int MXPredFree(PredictorHandle handle);

/* Reads the bytes of an array file. */
COREENGINE_API int MXNDListCreate(const char *nd_file_bytes, int nd_file_size, NDListHandle *out, mx_uint *out_length);

/* The name, values and shape of an array of the list; they live as long as the list. */
COREENGINE_API int MXNDListGet(
    NDListHandle handle,
    mx_uint index,
    const char **out_key,
    const mx_float **out_data,
    const mx_uint **out_shape,
    mx_uint *out_ndim);

/* Frees a list of arrays. */
COREENGINE_API int MXNDListFree(NDListHandle handle);

/* Makes a predictor with a type for some of the arguments. (MXNet 1.9.1) */
COREENGINE_API int MXPredCreateEx(
    const char *symbol_json_str,
    const void *param_bytes,
    int param_size,
    int dev_type,
    int dev_id,
    uint32_t num_input_nodes,
    const char **input_keys,
    const uint32_t *input_shape_indptr,
    const uint32_t *input_shape_data,
    uint32_t num_provided_arg_dtypes,
    const char **provided_arg_dtype_names,
    const int *provided_arg_dtypes,
    PredictorHandle *out);

/* Makes predictors for so many threads, which share their parameters; out has room for that many handles. (MXNet 1.9.1) */
COREENGINE_API int MXPredCreateMultiThread(
    const char *symbol_json_str,
    const void *param_bytes,
    int param_size,
    int dev_type,
    int dev_id,
    uint32_t num_input_nodes,
    const char **input_keys,
    const uint32_t *input_shape_indptr,
    const uint32_t *input_shape_data,
    int num_threads,
    PredictorHandle *out);

/* The type of an output. (MXNet 1.9.1) */
COREENGINE_API int MXPredGetOutputType(PredictorHandle handle, uint32_t out_index, int *out_dtype);

/* Makes a predictor with other input shapes that shares the parameters of the given one. (MXNet 1.9.1) */
COREENGINE_API int MXPredReshape(
    uint32_t num_input_nodes,
    const char **input_keys,
    const uint32_t *input_shape_indptr,
    const uint32_t *input_shape_data,
    PredictorHandle handle,
    PredictorHandle *out);

/* Has a function called with each result of the forward pass. (MXNet 1.9.1) */
COREENGINE_API int MXPredSetMonitorCallback(
    PredictorHandle handle,
    PredMonitorCallback callback,
    void *callback_handle,
    bool monitor_all);

/* ---- Profiler ---- */

/* Sets what the profiler records and where it writes. As in MXNet 1.0.0: the mode and the file's name; with COREENGINE_C_API=1.9 in the environment as in MXNet 1.9.1: a count, keys and values. */
COREENGINE_API int MXSetProfilerConfig(int mode_or_count, const void *file_name_or_keys, const void *values);

/* Starts (1) or stops (0) the profiler. */
COREENGINE_API int MXSetProfilerState(int state);

/* Writes what the profiler recorded as a trace that Chrome shows; MXNet 1.9.1's argument says whether it was the last time. */
COREENGINE_API int MXDumpProfile(int finished);

/* The profiler's statistics as a table. (MXNet 1.9.1) */
COREENGINE_API int MXAggregateProfileStatsPrint(const char **out_str, int reset);

/* The profiler's statistics as a table or as JSON, sorted. (MXNet 1.9.1) */
COREENGINE_API int MXAggregateProfileStatsPrintEx(
    const char **out_str,
    int reset,
    int format,
    int sort_by,
    int ascending);

/* MXDumpProfile for a worker or a server. (MXNet 1.9.1) */
COREENGINE_API int MXDumpProcessProfile(int finished, int profile_process, KVStoreHandle kvStoreHandle);

/* MXProfilePause for a worker or a server. (MXNet 1.9.1) */
COREENGINE_API int MXProcessProfilePause(int paused, int profile_process, KVStoreHandle kvStoreHandle);

/* Adds to a counter. (MXNet 1.9.1) */
COREENGINE_API int MXProfileAdjustCounter(ProfileHandle counter_handle, int64_t value);

/* Makes a counter, whose values are recorded. (MXNet 1.9.1) */
COREENGINE_API int MXProfileCreateCounter(ProfileHandle domain, const char *counter_name, ProfileHandle *out);

/* Makes a domain, under whose name tasks, frames and counters are recorded. (MXNet 1.9.1) */
COREENGINE_API int MXProfileCreateDomain(const char *domain, ProfileHandle *out);

/* Makes an event, whose durations are recorded. (MXNet 1.9.1) */
COREENGINE_API int MXProfileCreateEvent(const char *event_name, ProfileHandle *out);

/* Makes a frame, whose durations are recorded. (MXNet 1.9.1) */
COREENGINE_API int MXProfileCreateFrame(ProfileHandle domain, const char *frame_name, ProfileHandle *out);

/* Makes a task, whose durations are recorded. (MXNet 1.9.1) */
COREENGINE_API int MXProfileCreateTask(ProfileHandle domain, const char *task_name, ProfileHandle *out);

/* Frees a domain, task, frame, event or counter. (MXNet 1.9.1) */
COREENGINE_API int MXProfileDestroyHandle(ProfileHandle frame_handle);

/* Starts a duration of a task, frame or event. (MXNet 1.9.1) */
COREENGINE_API int MXProfileDurationStart(ProfileHandle duration_handle);

/* Ends a duration of a task, frame or event. (MXNet 1.9.1) */
COREENGINE_API int MXProfileDurationStop(ProfileHandle duration_handle);

/* Pauses (1) or resumes (0) the profiler. (MXNet 1.9.1) */
COREENGINE_API int MXProfilePause(int paused);

/* Sets a counter. (MXNet 1.9.1) */
COREENGINE_API int MXProfileSetCounter(ProfileHandle counter_handle, uint64_t value);

/* Records a moment; scope is process, thread, task or marker. (MXNet 1.9.1) */
COREENGINE_API int MXProfileSetMarker(ProfileHandle domain, const char *instant_marker_name, const char *scope);

/* Sets what the profiler of a worker or a server records and where it writes. (MXNet 1.9.1) */
COREENGINE_API int MXSetProcessProfilerConfig(
    int num_params,
    const char*const *keys,
    const char*const *vals,
    KVStoreHandle kvstoreHandle);

/* MXSetProfilerState for a worker or a server. (MXNet 1.9.1) */
COREENGINE_API int MXSetProcessProfilerState(int state, int profile_process, KVStoreHandle kvStoreHandle);

/* ---- Kernels compiled at run time ---- */

/* Compiles a CUDA kernel from source. Fails: this build has no GPU support. */
COREENGINE_API int MXRtcCreate(
    char *name,
    mx_uint num_input,
    mx_uint num_output,
    char **input_names,
    char **output_names,
    NDArrayHandle *inputs,
    NDArrayHandle *outputs,
    char *kernel,
    RtcHandle *out);

/* Runs a kernel of MXRtcCreate. Fails: this build has no GPU support. */
COREENGINE_API int MXRtcPush(
    RtcHandle handle,
    mx_uint num_input,
    mx_uint num_output,
    NDArrayHandle *inputs,
    NDArrayHandle *outputs,
    mx_uint gridDimX,
    mx_uint gridDimY,
    mx_uint gridDimZ,
    mx_uint blockDimX,
    mx_uint blockDimY,
    mx_uint blockDimZ);

/* Frees a kernel of MXRtcCreate. */
COREENGINE_API int MXRtcFree(RtcHandle handle);

/* Compiles CUDA source with several kernels. Fails: this build has no GPU support. */
COREENGINE_API int MXRtcCudaModuleCreate(
    const char *source,
    int num_options,
    const char **options,
    int num_exports,
    const char **exports,
    CudaModuleHandle *out);

/* Frees a module. */
COREENGINE_API int MXRtcCudaModuleFree(CudaModuleHandle handle);

/* Finds a kernel of a module. Fails: this build has no GPU support. */
COREENGINE_API int MXRtcCudaKernelCreate(
    CudaModuleHandle handle,
    const char *name,
    int num_args,
    int *is_ndarray,
    int *is_const,
    int *arg_types,
    CudaKernelHandle *out);

/* Frees a kernel. */
COREENGINE_API int MXRtcCudaKernelFree(CudaKernelHandle handle);

/* Runs a kernel. Fails: this build has no GPU support. */
COREENGINE_API int MXRtcCudaKernelCall(
    CudaKernelHandle handle,
    int dev_id,
    void **args,
    mx_uint grid_dim_x,
    mx_uint grid_dim_y,
    mx_uint grid_dim_z,
    mx_uint block_dim_x,
    mx_uint block_dim_y,
    mx_uint block_dim_z,
    mx_uint shared_mem);

/* ---- Functions of the time before operators ---- */

/* The functions that plug-ins add: none, so that clients do not define what operators are already. */
COREENGINE_API int MXListFunctions(mx_uint *out_size, FunctionHandle **out_array);

/* The handle of one of the functions older than operators: _set_value, _onehot_encode, choose_element_0index, fill_element_0index. */
COREENGINE_API int MXGetFunction(const char *name, FunctionHandle *out);

/* A function's name, what it does, and its arguments. */
COREENGINE_API int MXFuncGetInfo(
    FunctionHandle fun,
    const char **name,
    const char **description,
    mx_uint *num_args,
    const char ***arg_names,
    const char ***arg_type_infos,
    const char ***arg_descriptions,
    const char **return_type);

/* How many arrays a function reads, how many numbers it takes, how many arrays it writes, and in which order. */
COREENGINE_API int MXFuncDescribe(
    FunctionHandle fun,
    mx_uint *num_use_vars,
    mx_uint *num_scalars,
    mx_uint *num_mutate_vars,
    int *type_mask);

/* Calls a function; the array it writes may be an empty place. */
COREENGINE_API int MXFuncInvoke(
    FunctionHandle fun,
    NDArrayHandle *use_vars,
    mx_float *scalar_args,
    NDArrayHandle *mutate_vars);

/* Calls a function with parameters, which none of them needs. */
COREENGINE_API int MXFuncInvokeEx(
    FunctionHandle fun,
    NDArrayHandle *use_vars,
    mx_float *scalar_args,
    NDArrayHandle *mutate_vars,
    int num_params,
    char **param_keys,
    char **param_vals);

#ifdef __cplusplus
}
#endif

#endif
