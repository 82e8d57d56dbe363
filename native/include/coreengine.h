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

/*  */
COREENGINE_API const char *MXGetLastError(void);

/*  */
COREENGINE_API int MXRandomSeed(int seed);

/*  */
COREENGINE_API int MXNotifyShutdown(void);

/*  */
COREENGINE_API int MXSetNumOMPThreads(int thread_num);

/*  */
COREENGINE_API int MXEngineSetBulkSize(int bulk_size, int *prev_bulk_size);

/*  */
COREENGINE_API int MXGetVersion(int *out);

/*  */
COREENGINE_API void NNAPISetLastError(const char *msg);

/*  */
COREENGINE_API const char *NNGetLastError(void);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXGetEnv(const char *name, const char **value);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXGetGPUCount(int *out);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXGetGPUMemoryInformation(int dev, int *free_mem, int *total_mem);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXGetGPUMemoryInformation64(int dev, uint64_t *free_mem, uint64_t *total_mem);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXIsNumpyShape(int *curr);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXLibInfoFeatures(const LibFeature **libFeature, size_t *size);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXRandomSeedContext(int seed, int dev_type, int dev_id);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXSetEnv(const char *name, const char *value);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXSetIsNumpyShape(int is_np_shape, int *prev);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXStorageEmptyCache(int dev_type, int dev_id);

/* ---- Operators: listing, description, calls ---- */

/*  */
COREENGINE_API int MXImperativeInvoke(
    AtomicSymbolCreator creator,
    int num_inputs,
    NDArrayHandle *inputs,
    int *num_outputs,
    NDArrayHandle **outputs,
    int num_params,
    const char **param_keys,
    const char **param_vals);

/*  */
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

/*  */
COREENGINE_API int MXListAllOpNames(mx_uint *out_size, const char ***out_array);

/*  */
COREENGINE_API int NNListAllOpNames(nn_uint *out_size, const char ***out_array);

/*  */
COREENGINE_API int NNGetOpHandle(const char *op_name, OpHandle *op_out);

/*  */
COREENGINE_API int NNListUniqueOps(nn_uint *out_size, OpHandle **out_array);

/*  */
COREENGINE_API int NNGetOpInfo(
    OpHandle op,
    const char **real_name,
    const char **description,
    nn_uint *num_doc_args,
    const char ***arg_names,
    const char ***arg_type_infos,
    const char ***arg_descriptions,
    const char **return_type);

/*  */
COREENGINE_API int MXSymbolListAtomicSymbolCreators(mx_uint *out_size, AtomicSymbolCreator **out_array);

/*  */
COREENGINE_API int MXSymbolGetAtomicSymbolName(AtomicSymbolCreator creator, const char **name);

/*  */
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

/*  */
COREENGINE_API int MXNDArrayCreateNone(NDArrayHandle *out);

/*  */
COREENGINE_API int MXNDArrayCreate(
    const mx_uint *shape,
    mx_uint ndim,
    int dev_type,
    int dev_id,
    int delay_alloc,
    NDArrayHandle *out);

/*  */
COREENGINE_API int MXNDArrayCreateEx(
    const mx_uint *shape,
    mx_uint ndim,
    int dev_type,
    int dev_id,
    int delay_alloc,
    int dtype,
    NDArrayHandle *out);

/*  */
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

/*  */
COREENGINE_API int MXNDArrayLoadFromRawBytes(const void *buf, size_t size, NDArrayHandle *out);

/*  */
COREENGINE_API int MXNDArraySaveRawBytes(NDArrayHandle handle, size_t *out_size, const char **out_buf);

/*  */
COREENGINE_API int MXNDArraySave(const char *fname, mx_uint num_args, NDArrayHandle *args, const char **keys);

/*  */
COREENGINE_API int MXNDArrayLoad(
    const char *fname,
    mx_uint *out_size,
    NDArrayHandle **out_arr,
    mx_uint *out_name_size,
    const char ***out_names);

/*  */
COREENGINE_API int MXNDArraySyncCopyFromCPU(NDArrayHandle handle, const void *data, size_t size);

/*  */
COREENGINE_API int MXNDArraySyncCopyToCPU(NDArrayHandle handle, void *data, size_t size);

/*  */
COREENGINE_API int MXNDArraySyncCopyFromNDArray(NDArrayHandle handle_dst, NDArrayHandle handle_src, int i);

/*  */
COREENGINE_API int MXNDArraySyncCheckFormat(NDArrayHandle handle, bool full_check);

/*  */
COREENGINE_API int MXNDArrayWaitToRead(NDArrayHandle handle);

/*  */
COREENGINE_API int MXNDArrayWaitToWrite(NDArrayHandle handle);

/*  */
COREENGINE_API int MXNDArrayWaitAll(void);

/*  */
COREENGINE_API int MXNDArrayFree(NDArrayHandle handle);

/*  */
COREENGINE_API int MXNDArraySlice(NDArrayHandle handle, mx_uint slice_begin, mx_uint slice_end, NDArrayHandle *out);

/*  */
COREENGINE_API int MXNDArrayAt(NDArrayHandle handle, mx_uint idx, NDArrayHandle *out);

/*  */
COREENGINE_API int MXNDArrayGetStorageType(NDArrayHandle handle, int *out_storage_type);

/*  */
COREENGINE_API int MXNDArrayReshape(NDArrayHandle handle, int ndim, int *dims, NDArrayHandle *out);

/*  */
COREENGINE_API int MXNDArrayGetShape(NDArrayHandle handle, mx_uint *out_dim, const mx_uint **out_pdata);

/*  */
COREENGINE_API int MXNDArrayGetData(NDArrayHandle handle, void **out_pdata);

/*  */
COREENGINE_API int MXNDArrayGetDType(NDArrayHandle handle, int *out_dtype);

/*  */
COREENGINE_API int MXNDArrayGetAuxType(NDArrayHandle handle, mx_uint i, int *out_type);

/*  */
COREENGINE_API int MXNDArrayGetAuxNDArray(NDArrayHandle handle, mx_uint i, NDArrayHandle *out);

/*  */
COREENGINE_API int MXNDArrayGetDataNDArray(NDArrayHandle handle, NDArrayHandle *out);

/*  */
COREENGINE_API int MXNDArrayGetContext(NDArrayHandle handle, int *out_dev_type, int *out_dev_id);

/*  */
COREENGINE_API int MXNDArrayGetSharedMemHandle(NDArrayHandle handle, int *shared_pid, int *shared_id);

/*  */
COREENGINE_API int MXNDArrayCreateFromSharedMem(
    int shared_pid,
    int shared_id,
    const mx_uint *shape,
    mx_uint ndim,
    int dtype,
    NDArrayHandle *out);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayAt64(NDArrayHandle handle, int64_t idx, NDArrayHandle *out);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayCallDLPackDeleter(DLManagedTensorHandle dlpack);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayCreateEx64(
    const int64_t *shape,
    int ndim,
    int dev_type,
    int dev_id,
    int delay_alloc,
    int dtype,
    NDArrayHandle *out);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayCreateFromSharedMemEx(
    int shared_pid,
    int shared_id,
    const int *shape,
    int ndim,
    int dtype,
    NDArrayHandle *out);

/*  (MXNet 1.9.1) */
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

/*  (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayFromDLPack(DLManagedTensorHandle dlpack, NDArrayHandle *out_handle);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayFromDLPackEx(
    DLManagedTensorHandle dlpack,
    bool transient_handle,
    NDArrayHandle *out_handle);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayGetAuxNDArray64(NDArrayHandle handle, int64_t i, NDArrayHandle *out);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayGetAuxType64(NDArrayHandle handle, int64_t i, int *out_type);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayGetShapeEx(NDArrayHandle handle, int *out_dim, const int **out_pdata);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayGetShapeEx64(NDArrayHandle handle, int *out_dim, const int64_t **out_pdata);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayLoadFromBuffer(
    const void *ndarray_buffer,
    size_t size,
    uint32_t *out_size,
    NDArrayHandle **out_arr,
    uint32_t *out_name_size,
    const char ***out_names);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayReshape64(NDArrayHandle handle, int ndim, dim_t *dims, bool reverse, NDArrayHandle *out);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXNDArraySlice64(NDArrayHandle handle, int64_t slice_begin, int64_t slice_end, NDArrayHandle *out);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXNDArrayToDLPack(NDArrayHandle handle, DLManagedTensorHandle *out_dlpack);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXShallowCopyNDArray(NDArrayHandle src, NDArrayHandle *out);

/* ---- Automatic differentiation and cached operators ---- */

/*  */
COREENGINE_API int MXNDArrayGetGrad(NDArrayHandle handle, NDArrayHandle *out);

/*  */
COREENGINE_API int MXNDArrayDetach(NDArrayHandle handle, NDArrayHandle *out);

/*  */
COREENGINE_API int MXNDArraySetGradState(NDArrayHandle handle, int state);

/*  */
COREENGINE_API int MXNDArrayGetGradState(NDArrayHandle handle, int *out);

/*  */
COREENGINE_API int MXAutogradSetIsRecording(int is_recording, int *prev);

/*  */
COREENGINE_API int MXAutogradSetIsTraining(int is_training, int *prev);

/*  */
COREENGINE_API int MXAutogradIsRecording(bool *curr);

/*  */
COREENGINE_API int MXAutogradIsTraining(bool *curr);

/*  */
COREENGINE_API int MXAutogradMarkVariables(
    mx_uint num_var,
    NDArrayHandle *var_handles,
    mx_uint *reqs_array,
    NDArrayHandle *grad_handles);

/*  */
COREENGINE_API int MXAutogradComputeGradient(mx_uint num_output, NDArrayHandle *output_handles);

/*  */
COREENGINE_API int MXAutogradBackward(
    mx_uint num_output,
    NDArrayHandle *output_handles,
    NDArrayHandle *ograd_handles,
    int retain_graph);

/*  */
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

/*  */
COREENGINE_API int MXAutogradGetSymbol(NDArrayHandle handle, SymbolHandle *out);

/*  */
COREENGINE_API int MXCreateCachedOp(SymbolHandle handle, CachedOpHandle *out);

/*  */
COREENGINE_API int MXFreeCachedOp(CachedOpHandle handle);

/*  */
COREENGINE_API int MXInvokeCachedOp(
    CachedOpHandle handle,
    int num_inputs,
    NDArrayHandle *inputs,
    int *num_outputs,
    NDArrayHandle **outputs);

/*  */
COREENGINE_API int MXInvokeCachedOpEx(
    CachedOpHandle handle,
    int num_inputs,
    NDArrayHandle *inputs,
    int *num_outputs,
    NDArrayHandle **outputs,
    const int **out_stypes);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXCreateCachedOpEx(
    SymbolHandle handle,
    int num_flags,
    const char **keys,
    const char **vals,
    CachedOpHandle *out);

/* ---- Symbols ---- */

/*  */
COREENGINE_API int MXSymbolCreateAtomicSymbol(
    AtomicSymbolCreator creator,
    mx_uint num_param,
    const char **keys,
    const char **vals,
    SymbolHandle *out);

/*  */
COREENGINE_API int MXSymbolCreateVariable(const char *name, SymbolHandle *out);

/*  */
COREENGINE_API int MXSymbolCreateGroup(mx_uint num_symbols, SymbolHandle *symbols, SymbolHandle *out);

/*  */
COREENGINE_API int MXSymbolCreateFromFile(const char *fname, SymbolHandle *out);

/*  */
COREENGINE_API int MXSymbolCreateFromJSON(const char *json, SymbolHandle *out);

/*  */
COREENGINE_API int MXSymbolSaveToFile(SymbolHandle symbol, const char *fname);

/*  */
COREENGINE_API int MXSymbolSaveToJSON(SymbolHandle symbol, const char **out_json);

/*  */
COREENGINE_API int MXSymbolFree(SymbolHandle symbol);

/*  */
COREENGINE_API int MXSymbolCopy(SymbolHandle symbol, SymbolHandle *out);

/*  */
COREENGINE_API int MXSymbolPrint(SymbolHandle symbol, const char **out_str);

/*  */
COREENGINE_API int MXSymbolGetName(SymbolHandle symbol, const char **out, int *success);

/*  */
COREENGINE_API int MXSymbolGetAttr(SymbolHandle symbol, const char *key, const char **out, int *success);

/*  */
COREENGINE_API int MXSymbolSetAttr(SymbolHandle symbol, const char *key, const char *value);

/*  */
COREENGINE_API int MXSymbolListAttr(SymbolHandle symbol, mx_uint *out_size, const char ***out);

/*  */
COREENGINE_API int MXSymbolListAttrShallow(SymbolHandle symbol, mx_uint *out_size, const char ***out);

/*  */
COREENGINE_API int MXSymbolListArguments(SymbolHandle symbol, mx_uint *out_size, const char ***out_str_array);

/*  */
COREENGINE_API int MXSymbolListOutputs(SymbolHandle symbol, mx_uint *out_size, const char ***out_str_array);

/*  */
COREENGINE_API int MXSymbolGetInternals(SymbolHandle symbol, SymbolHandle *out);

/*  */
COREENGINE_API int MXSymbolGetChildren(SymbolHandle symbol, SymbolHandle *out);

/*  */
COREENGINE_API int MXSymbolGetOutput(SymbolHandle symbol, mx_uint index, SymbolHandle *out);

/*  */
COREENGINE_API int MXSymbolListAuxiliaryStates(SymbolHandle symbol, mx_uint *out_size, const char ***out_str_array);

/*  */
COREENGINE_API int MXSymbolCompose(
    SymbolHandle sym,
    const char *name,
    mx_uint num_args,
    const char **keys,
    SymbolHandle *args);

/*  */
COREENGINE_API int MXSymbolGrad(SymbolHandle sym, mx_uint num_wrt, const char **wrt, SymbolHandle *out);

/*  */
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

/*  */
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

/*  */
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

/*  */
COREENGINE_API int NNSymbolCreateAtomicSymbol(
    OpHandle op,
    nn_uint num_param,
    const char **keys,
    const char **vals,
    SymbolHandle *out);

/*  */
COREENGINE_API int NNSymbolCreateVariable(const char *name, SymbolHandle *out);

/*  */
COREENGINE_API int NNSymbolCreateGroup(nn_uint num_symbols, SymbolHandle *symbols, SymbolHandle *out);

/*  */
COREENGINE_API int NNAddControlDeps(SymbolHandle handle, SymbolHandle src_dep);

/*  */
COREENGINE_API int NNSymbolFree(SymbolHandle symbol);

/*  */
COREENGINE_API int NNSymbolCopy(SymbolHandle symbol, SymbolHandle *out);

/*  */
COREENGINE_API int NNSymbolPrint(SymbolHandle symbol, const char **out_str);

/*  */
COREENGINE_API int NNSymbolGetAttr(SymbolHandle symbol, const char *key, const char **out, int *success);

/*  */
COREENGINE_API int NNSymbolSetAttrs(SymbolHandle symbol, nn_uint num_param, const char **keys, const char **values);

/*  */
COREENGINE_API int NNSymbolListAttrs(SymbolHandle symbol, int recursive_option, nn_uint *out_size, const char ***out);

/*  */
COREENGINE_API int NNSymbolListInputVariables(
    SymbolHandle symbol,
    int option,
    nn_uint *out_size,
    SymbolHandle **out_sym_array);

/*  */
COREENGINE_API int NNSymbolListInputNames(
    SymbolHandle symbol,
    int option,
    nn_uint *out_size,
    const char ***out_str_array);

/*  */
COREENGINE_API int NNSymbolListOutputNames(SymbolHandle symbol, nn_uint *out_size, const char ***out_str_array);

/*  */
COREENGINE_API int NNSymbolGetInternals(SymbolHandle symbol, SymbolHandle *out);

/*  */
COREENGINE_API int NNSymbolGetOutput(SymbolHandle symbol, nn_uint index, SymbolHandle *out);

/*  */
COREENGINE_API int NNSymbolCompose(
    SymbolHandle sym,
    const char *name,
    nn_uint num_args,
    const char **keys,
    SymbolHandle *args);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXShallowCopySymbol(SymbolHandle src, SymbolHandle *out);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXSymbolCutSubgraph(SymbolHandle sym, SymbolHandle **inputs, int *input_size);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXSymbolGetInputSymbols(SymbolHandle sym, SymbolHandle **inputs, int *input_size);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXSymbolGetNumOutputs(SymbolHandle symbol, uint32_t *output_count);

/*  (MXNet 1.9.1) */
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

/*  (MXNet 1.9.1) */
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

/*  (MXNet 1.9.1) */
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

/*  (MXNet 1.9.1) */
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

/*  (MXNet 1.9.1) */
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

/*  (MXNet 1.9.1) */
COREENGINE_API int MXSymbolRemoveAmpCast(SymbolHandle sym_handle, SymbolHandle *ret_sym_handle);

/*  (MXNet 1.9.1) */
COREENGINE_API int NNSymbolGetChildren(SymbolHandle symbol, SymbolHandle *out);

/*  (MXNet 1.9.1) */
COREENGINE_API int NNSymbolGetNumOutputs(SymbolHandle symbol, nn_uint *output_count);

/* ---- Graphs ---- */

/*  */
COREENGINE_API int NNGraphCreate(SymbolHandle symbol, GraphHandle *graph);

/*  */
COREENGINE_API int NNGraphFree(GraphHandle handle);

/*  */
COREENGINE_API int NNGraphGetSymbol(GraphHandle graph, SymbolHandle *symbol);

/*  */
COREENGINE_API int NNGraphSetJSONAttr(GraphHandle handle, const char *key, const char *json_value);

/*  */
COREENGINE_API int NNGraphGetJSONAttr(SymbolHandle handle, const char *key, const char **json_out, int *success);

/*  */
COREENGINE_API int NNGraphSetNodeEntryListAttr_(GraphHandle handle, const char *key, SymbolHandle list);

/*  */
COREENGINE_API int NNGraphApplyPasses(GraphHandle src, nn_uint num_pass, const char **pass_names, GraphHandle *dst);

/* ---- Executors ---- */

/*  */
COREENGINE_API int MXExecutorFree(ExecutorHandle handle);

/*  */
COREENGINE_API int MXExecutorPrint(ExecutorHandle handle, const char **out_str);

/*  */
COREENGINE_API int MXExecutorForward(ExecutorHandle handle, int is_train);

/*  */
COREENGINE_API int MXExecutorBackward(ExecutorHandle handle, mx_uint len, NDArrayHandle *head_grads);

/*  */
COREENGINE_API int MXExecutorBackwardEx(ExecutorHandle handle, mx_uint len, NDArrayHandle *head_grads, int is_train);

/*  */
COREENGINE_API int MXExecutorOutputs(ExecutorHandle handle, mx_uint *out_size, NDArrayHandle **out);

/*  */
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

/*  */
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

/*  */
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

/*  */
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

/*  */
COREENGINE_API int MXExecutorSetMonitorCallback(
    ExecutorHandle handle,
    ExecutorMonitorCallback callback,
    void *callback_handle);

/*  (MXNet 1.9.1) */
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

/*  (MXNet 1.9.1) */
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

/*  (MXNet 1.9.1) */
COREENGINE_API int MXExecutorSetMonitorCallbackEX(
    ExecutorHandle handle,
    ExecutorMonitorCallback callback,
    void *callback_handle,
    bool monitor_all);

/*  (MXNet 1.9.1) */
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

/*  (MXNet 1.9.1) */
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

/*  */
COREENGINE_API int MXCustomOpRegister(const char *op_type, CustomOpPropCreator creator);

/*  */
COREENGINE_API int MXCustomFunctionRecord(
    int num_inputs,
    NDArrayHandle *inputs,
    int num_outputs,
    NDArrayHandle *outputs,
    MXCallbackList *callbacks);

/* ---- Data iterators ---- */

/*  */
COREENGINE_API int MXListDataIters(mx_uint *out_size, DataIterCreator **out_array);

/*  */
COREENGINE_API int MXDataIterCreateIter(
    DataIterCreator handle,
    mx_uint num_param,
    const char **keys,
    const char **vals,
    DataIterHandle *out);

/*  */
COREENGINE_API int MXDataIterGetIterInfo(
    DataIterCreator creator,
    const char **name,
    const char **description,
    mx_uint *num_args,
    const char ***arg_names,
    const char ***arg_type_infos,
    const char ***arg_descriptions);

/*  */
COREENGINE_API int MXDataIterFree(DataIterHandle handle);

/*  */
COREENGINE_API int MXDataIterNext(DataIterHandle handle, int *out);

/*  */
COREENGINE_API int MXDataIterBeforeFirst(DataIterHandle handle);

/*  */
COREENGINE_API int MXDataIterGetData(DataIterHandle handle, NDArrayHandle *out);

/*  */
COREENGINE_API int MXDataIterGetIndex(DataIterHandle handle, uint64_t **out_index, uint64_t *out_size);

/*  */
COREENGINE_API int MXDataIterGetPadNum(DataIterHandle handle, int *pad);

/*  */
COREENGINE_API int MXDataIterGetLabel(DataIterHandle handle, NDArrayHandle *out);

/* ---- Record files ---- */

/*  */
COREENGINE_API int MXRecordIOWriterCreate(const char *uri, RecordIOHandle *out);

/*  */
COREENGINE_API int MXRecordIOWriterFree(RecordIOHandle handle);

/*  */
COREENGINE_API int MXRecordIOWriterWriteRecord(RecordIOHandle handle, const char *buf, size_t size);

/*  */
COREENGINE_API int MXRecordIOWriterTell(RecordIOHandle handle, size_t *pos);

/*  */
COREENGINE_API int MXRecordIOReaderCreate(const char *uri, RecordIOHandle *out);

/*  */
COREENGINE_API int MXRecordIOReaderFree(RecordIOHandle handle);

/*  */
COREENGINE_API int MXRecordIOReaderReadRecord(RecordIOHandle handle, const char **buf, size_t *size);

/*  */
COREENGINE_API int MXRecordIOReaderSeek(RecordIOHandle handle, size_t pos);

/*  */
COREENGINE_API int MXRecordIOReaderTell(RecordIOHandle handle, size_t *pos);

/* ---- Images ---- */

/*  */
COREENGINE_API int MXCVImdecode(const unsigned char *img, mx_uint len, int flag, NDArrayHandle *out);

/*  */
COREENGINE_API int MXCVResize(NDArrayHandle src, mx_uint w, mx_uint h, int interpolation, NDArrayHandle *out);

/*  */
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

/*  */
COREENGINE_API int MXInitPSEnv(mx_uint num_vars, const char **keys, const char **vals);

/*  */
COREENGINE_API int MXKVStoreCreate(const char *type, KVStoreHandle *out);

/*  */
COREENGINE_API int MXKVStoreSetGradientCompression(
    KVStoreHandle handle,
    mx_uint num_params,
    const char **keys,
    const char **vals);

/*  */
COREENGINE_API int MXKVStoreFree(KVStoreHandle handle);

/*  */
COREENGINE_API int MXKVStoreInit(KVStoreHandle handle, mx_uint num, const int *keys, NDArrayHandle *vals);

/*  */
COREENGINE_API int MXKVStoreInitEx(KVStoreHandle handle, mx_uint num, const char **keys, NDArrayHandle *vals);

/*  */
COREENGINE_API int MXKVStorePush(KVStoreHandle handle, mx_uint num, const int *keys, NDArrayHandle *vals, int priority);

/*  */
COREENGINE_API int MXKVStorePushEx(
    KVStoreHandle handle,
    mx_uint num,
    const char **keys,
    NDArrayHandle *vals,
    int priority);

/*  */
COREENGINE_API int MXKVStorePull(KVStoreHandle handle, mx_uint num, const int *keys, NDArrayHandle *vals, int priority);

/*  */
COREENGINE_API int MXKVStorePullEx(
    KVStoreHandle handle,
    mx_uint num,
    const char **keys,
    NDArrayHandle *vals,
    int priority);

/*  */
COREENGINE_API int MXKVStorePullRowSparse(
    KVStoreHandle handle,
    mx_uint num,
    const int *keys,
    NDArrayHandle *vals,
    const NDArrayHandle *row_ids,
    int priority);

/*  */
COREENGINE_API int MXKVStorePullRowSparseEx(
    KVStoreHandle handle,
    mx_uint num,
    const char **keys,
    NDArrayHandle *vals,
    const NDArrayHandle *row_ids,
    int priority);

/*  */
COREENGINE_API int MXKVStoreSetUpdater(KVStoreHandle handle, MXKVStoreUpdater updater, void *updater_handle);

/*  */
COREENGINE_API int MXKVStoreSetUpdaterEx(
    KVStoreHandle handle,
    MXKVStoreUpdater updater,
    MXKVStoreStrUpdater str_updater,
    void *updater_handle);

/*  */
COREENGINE_API int MXKVStoreGetType(KVStoreHandle handle, const char **type);

/*  */
COREENGINE_API int MXKVStoreGetRank(KVStoreHandle handle, int *ret);

/*  */
COREENGINE_API int MXKVStoreGetGroupSize(KVStoreHandle handle, int *ret);

/*  */
COREENGINE_API int MXKVStoreIsWorkerNode(int *ret);

/*  */
COREENGINE_API int MXKVStoreIsServerNode(int *ret);

/*  */
COREENGINE_API int MXKVStoreIsSchedulerNode(int *ret);

/*  */
COREENGINE_API int MXKVStoreBarrier(KVStoreHandle handle);

/*  */
COREENGINE_API int MXKVStoreSetBarrierBeforeExit(KVStoreHandle handle, int barrier_before_exit);

/*  */
COREENGINE_API int MXKVStoreRunServer(
    KVStoreHandle handle,
    MXKVStoreServerController controller,
    void *controller_handle);

/*  */
COREENGINE_API int MXKVStoreSendCommmandToServers(KVStoreHandle handle, int cmd_id, const char *cmd_body);

/*  */
COREENGINE_API int MXKVStoreGetNumDeadNode(KVStoreHandle handle, int node_id, int *number, int timeout_sec);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXKVStoreBroadcast(
    KVStoreHandle handle,
    mx_uint vnum,
    const int *vkeys,
    mx_uint onum,
    const int *okeys,
    NDArrayHandle *vals,
    NDArrayHandle *outs,
    int priority);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXKVStoreBroadcastEx(
    KVStoreHandle handle,
    mx_uint vnum,
    const char **vkeys,
    mx_uint onum,
    const char **okeys,
    NDArrayHandle *vals,
    NDArrayHandle *outs,
    int priority);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXKVStorePullWithSparse(
    KVStoreHandle handle,
    uint32_t num,
    const int *keys,
    NDArrayHandle *vals,
    int priority,
    bool ignore_sparse);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXKVStorePullWithSparseEx(
    KVStoreHandle handle,
    uint32_t num,
    const char **keys,
    NDArrayHandle *vals,
    int priority,
    bool ignore_sparse);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXKVStorePushPull(
    KVStoreHandle handle,
    mx_uint vnum,
    const int *vkeys,
    mx_uint onum,
    const int *okeys,
    NDArrayHandle *vals,
    NDArrayHandle *outs,
    int priority);

/*  (MXNet 1.9.1) */
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

/*  */
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

/*  */
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

/*  */
COREENGINE_API int MXPredGetOutputShape(
    PredictorHandle handle,
    mx_uint index,
    mx_uint **shape_data,
    mx_uint *shape_ndim);

/*  */
COREENGINE_API int MXPredSetInput(PredictorHandle handle, const char *key, const mx_float *data, mx_uint size);

/*  */
COREENGINE_API int MXPredForward(PredictorHandle handle);

/*  */
COREENGINE_API int MXPredPartialForward(PredictorHandle handle, int step, int *step_left);

/*  */
COREENGINE_API int MXPredGetOutput(PredictorHandle handle, mx_uint index, mx_float *data, mx_uint size);

/*  */
COREENGINE_API int MXPredFree(PredictorHandle handle);

/*  */
COREENGINE_API int MXNDListCreate(const char *nd_file_bytes, int nd_file_size, NDListHandle *out, mx_uint *out_length);

/*  */
COREENGINE_API int MXNDListGet(
    NDListHandle handle,
    mx_uint index,
    const char **out_key,
    const mx_float **out_data,
    const mx_uint **out_shape,
    mx_uint *out_ndim);

/*  */
COREENGINE_API int MXNDListFree(NDListHandle handle);

/*  (MXNet 1.9.1) */
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

/*  (MXNet 1.9.1) */
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

/*  (MXNet 1.9.1) */
COREENGINE_API int MXPredGetOutputType(PredictorHandle handle, uint32_t out_index, int *out_dtype);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXPredReshape(
    uint32_t num_input_nodes,
    const char **input_keys,
    const uint32_t *input_shape_indptr,
    const uint32_t *input_shape_data,
    PredictorHandle handle,
    PredictorHandle *out);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXPredSetMonitorCallback(
    PredictorHandle handle,
    PredMonitorCallback callback,
    void *callback_handle,
    bool monitor_all);

/* ---- Profiler ---- */

/*  */
COREENGINE_API int MXSetProfilerConfig(int mode_or_count, const void *file_name_or_keys, const void *values);

/*  */
COREENGINE_API int MXSetProfilerState(int state);

/*  */
COREENGINE_API int MXDumpProfile(int finished);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXAggregateProfileStatsPrint(const char **out_str, int reset);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXAggregateProfileStatsPrintEx(
    const char **out_str,
    int reset,
    int format,
    int sort_by,
    int ascending);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXDumpProcessProfile(int finished, int profile_process, KVStoreHandle kvStoreHandle);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXProcessProfilePause(int paused, int profile_process, KVStoreHandle kvStoreHandle);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXProfileAdjustCounter(ProfileHandle counter_handle, int64_t value);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXProfileCreateCounter(ProfileHandle domain, const char *counter_name, ProfileHandle *out);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXProfileCreateDomain(const char *domain, ProfileHandle *out);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXProfileCreateEvent(const char *event_name, ProfileHandle *out);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXProfileCreateFrame(ProfileHandle domain, const char *frame_name, ProfileHandle *out);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXProfileCreateTask(ProfileHandle domain, const char *task_name, ProfileHandle *out);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXProfileDestroyHandle(ProfileHandle frame_handle);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXProfileDurationStart(ProfileHandle duration_handle);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXProfileDurationStop(ProfileHandle duration_handle);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXProfilePause(int paused);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXProfileSetCounter(ProfileHandle counter_handle, uint64_t value);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXProfileSetMarker(ProfileHandle domain, const char *instant_marker_name, const char *scope);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXSetProcessProfilerConfig(
    int num_params,
    const char*const *keys,
    const char*const *vals,
    KVStoreHandle kvstoreHandle);

/*  (MXNet 1.9.1) */
COREENGINE_API int MXSetProcessProfilerState(int state, int profile_process, KVStoreHandle kvStoreHandle);

/* ---- Kernels compiled at run time ---- */

/*  */
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

/*  */
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

/*  */
COREENGINE_API int MXRtcFree(RtcHandle handle);

/*  */
COREENGINE_API int MXRtcCudaModuleCreate(
    const char *source,
    int num_options,
    const char **options,
    int num_exports,
    const char **exports,
    CudaModuleHandle *out);

/*  */
COREENGINE_API int MXRtcCudaModuleFree(CudaModuleHandle handle);

/*  */
COREENGINE_API int MXRtcCudaKernelCreate(
    CudaModuleHandle handle,
    const char *name,
    int num_args,
    int *is_ndarray,
    int *is_const,
    int *arg_types,
    CudaKernelHandle *out);

/*  */
COREENGINE_API int MXRtcCudaKernelFree(CudaKernelHandle handle);

/*  */
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

/*  */
COREENGINE_API int MXListFunctions(mx_uint *out_size, FunctionHandle **out_array);

/*  */
COREENGINE_API int MXGetFunction(const char *name, FunctionHandle *out);

/*  */
COREENGINE_API int MXFuncGetInfo(
    FunctionHandle fun,
    const char **name,
    const char **description,
    mx_uint *num_args,
    const char ***arg_names,
    const char ***arg_type_infos,
    const char ***arg_descriptions,
    const char **return_type);

/*  */
COREENGINE_API int MXFuncDescribe(
    FunctionHandle fun,
    mx_uint *num_use_vars,
    mx_uint *num_scalars,
    mx_uint *num_mutate_vars,
    int *type_mask);

/*  */
COREENGINE_API int MXFuncInvoke(
    FunctionHandle fun,
    NDArrayHandle *use_vars,
    mx_float *scalar_args,
    NDArrayHandle *mutate_vars);

/*  */
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
