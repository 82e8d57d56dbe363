"""A program that calls every function of the library through ctypes alone: client.py LIBRARY FOLDER."""

import ctypes
import os
import sys
from ctypes import (
    CFUNCTYPE, POINTER, Structure, byref, c_bool, c_char_p, c_float, c_int, c_int64, c_size_t, c_ubyte, c_uint32, c_uint64,
    c_void_p, cast)

from functions import FUNCTIONS

library = ctypes.CDLL(sys.argv[1])
folder = sys.argv[2]
problems = []
succeeded = set()
failed = set()

for _name, (_result, _parameters) in FUNCTIONS.items():
    _function = getattr(library, _name)
    _function.restype = _result
    _function.argtypes = [_type for _, _type in _parameters]

# What this build does not have, and what has nothing to fail at.
NEVER_SUCCEED = {
    'MXSymbolGrad', 'MXSymbolCutSubgraph', 'MXRtcCreate', 'MXRtcPush', 'MXRtcCudaModuleCreate', 'MXRtcCudaKernelCreate',
    'MXRtcCudaKernelCall', 'MXGetGPUMemoryInformation', 'MXGetGPUMemoryInformation64'}
ZERO_IS_FINE = {
    'MXAutogradBackward', 'MXAutogradBackwardEx', 'MXAutogradComputeGradient', 'MXAutogradMarkVariables',
    'MXAutogradSetIsRecording', 'MXAutogradSetIsTraining', 'MXDataIterFree', 'MXDumpProcessProfile', 'MXDumpProfile',
    'MXExecutorFree', 'MXFreeCachedOp', 'MXInitPSEnv', 'MXKVStoreFree', 'MXNDArrayCallDLPackDeleter', 'MXNDArrayFree',
    'MXNDArrayWaitAll', 'MXNDListFree', 'MXNotifyShutdown', 'MXPredFree', 'MXProcessProfilePause',
    'MXProfileDestroyHandle', 'MXProfilePause', 'MXRandomSeed', 'MXRecordIOReaderFree', 'MXRecordIOWriterFree',
    'MXRtcCudaKernelFree', 'MXRtcCudaModuleFree', 'MXRtcFree', 'MXSetIsNumpyShape', 'MXSetProcessProfilerConfig',
    'MXSetProcessProfilerState', 'MXSetProfilerState', 'MXSymbolFree', 'NNGraphFree', 'NNSymbolFree'}


def check(condition, text):
    if not condition:
        problems.append('not so: ' + text)


def last_error():
    return library.MXGetLastError().decode()


def ok(name, *arguments):
    if getattr(library, name)(*arguments) == 0:
        succeeded.add(name)
    else:
        problems.append('%s failed: %s' % (name, last_error()))


def fails(name, *arguments):
    status = getattr(library, name)(*arguments)
    failed.add(name)
    check(status == -1 and last_error(), '%s returned %d and said: %s' % (name, status, last_error()))


def new(name, *arguments, type=c_void_p):
    """The result of a function whose last parameter is the place for it."""
    result = type()
    ok(name, *arguments, byref(result))
    return result.value


def numbers(type, *values):
    return (type * len(values))(*values)


def texts(*values):
    return (c_char_p * len(values))(*[value.encode() for value in values])


def handles(*values):
    return (c_void_p * len(values))(*values)


def path(name):
    return os.path.join(folder, name).encode()


def names_of(name, *arguments):
    """The texts of a function that returns a count and a list."""
    count, found = c_uint32(), POINTER(c_char_p)()
    ok(name, *arguments, byref(count), byref(found))
    return [found[i].decode() for i in range(count.value)]


def array(values, shape):
    made = new('MXNDArrayCreateEx', numbers(c_uint32, *shape), len(shape), 1, 0, 0, 0)
    ok('MXNDArraySyncCopyFromCPU', made, numbers(c_float, *values), len(values))
    return made


def values_of(handle, count, type=c_float):
    values = (type * count)()
    ok('MXNDArraySyncCopyToCPU', handle, values, count)
    return list(values)


def has_values(handle, *values):
    return values_of(handle, len(values)) == list(values)


def shape_of(handle, name='MXNDArrayGetShape', rank_type=c_uint32, type=c_uint32):
    rank, extents = rank_type(), POINTER(type)()
    ok(name, handle, byref(rank), byref(extents))
    return [extents[i] for i in range(rank.value)]


def op(name):
    return new('NNGetOpHandle', name.encode())


def invoke(name, *inputs, **attributes):
    count, outputs = c_int(), POINTER(c_void_p)()
    ok('MXImperativeInvoke', op(name), len(inputs), handles(*inputs), byref(count), byref(outputs), len(attributes),
       texts(*attributes.keys()), texts(*map(str, attributes.values())))
    return outputs[0]


def free(*arrays):
    for handle in arrays:
        ok('MXNDArrayFree', handle)


def layer():
    """data -> FullyConnected('fc', num_hidden=2)."""
    data = new('MXSymbolCreateVariable', b'data')
    fc = new('MXSymbolCreateAtomicSymbol', op('FullyConnected'), 1, texts('num_hidden'), texts('2'))
    ok('MXSymbolCompose', fc, b'fc', 1, texts('data'), handles(data))
    ok('MXSymbolFree', data)
    return fc


ARGUMENTS = ['data', 'fc_weight', 'fc_bias']
WEIGHT = (1, 0, 0, 0, 1, 1)


def settings():
    check(new('MXGetVersion', type=c_int) in (10000, 10901), 'a version that is known')
    ok('MXRandomSeed', 1)
    ok('MXRandomSeedContext', 1, 1, 0)
    ok('MXSetNumOMPThreads', 1)
    new('MXEngineSetBulkSize', 15, type=c_int)
    check(new('MXGetGPUCount', type=c_int) == 0, 'no GPU')
    number, other = c_int(), c_int()
    fails('MXGetGPUMemoryInformation', 0, byref(number), byref(other))
    large = c_uint64()
    fails('MXGetGPUMemoryInformation64', 0, byref(large), byref(large))
    ok('MXSetEnv', b'COREENGINE_CLIENT_PY', b'1')
    check(new('MXGetEnv', b'COREENGINE_CLIENT_PY', type=c_char_p) == b'1', 'the variable that was set')
    features, size = c_void_p(), c_size_t()
    ok('MXLibInfoFeatures', byref(features), byref(size))
    check(size.value > 0, 'features')
    new('MXIsNumpyShape', type=c_int)
    new('MXSetIsNumpyShape', 0, type=c_int)
    ok('MXStorageEmptyCache', 1, 0)
    library.NNAPISetLastError(b'mine')
    check(library.NNGetLastError() == b'mine' and last_error() == 'mine', 'the error that was set')
    succeeded.update(['NNAPISetLastError', 'NNGetLastError', 'MXGetLastError'])


def operators():
    all_names = names_of('MXListAllOpNames')
    check(all_names == names_of('NNListAllOpNames') and 'Convolution' in all_names, 'names of operators')
    for name in ('NNListUniqueOps', 'MXSymbolListAtomicSymbolCreators'):
        count, found = c_uint32(), POINTER(c_void_p)()
        ok(name, byref(count), byref(found))
        check(count.value > 200, name)
    check(new('MXSymbolGetAtomicSymbolName', op('flatten'), type=c_char_p) == b'Flatten', 'the name behind an alias')
    name, text, count, result, variadic = c_char_p(), c_char_p(), c_uint32(), c_char_p(), c_char_p()
    lists = [POINTER(c_char_p)() for _ in range(3)]
    ok('MXSymbolGetAtomicSymbolInfo', op('clip'), byref(name), byref(text), byref(count), *map(byref, lists),
       byref(variadic), byref(result))
    check([lists[0][i] for i in range(count.value)] == [b'data', b'a_min', b'a_max'], 'arguments of clip')
    ok('NNGetOpInfo', op('clip'), byref(name), byref(text), byref(count), *map(byref, lists), byref(result))
    x = array([1, -2], [2])
    check(has_values(invoke('clip', x, a_min=-1, a_max=1), 1, -1), 'clip')
    outputs, storage, number = POINTER(c_void_p)(), POINTER(c_int)(), c_int()
    ok('MXImperativeInvokeEx', op('abs'), 1, handles(x), byref(number), byref(outputs), 0, None, None, byref(storage))
    check(storage[0] == 0 and has_values(outputs[0], 1, 2), 'abs')

    found = POINTER(c_void_p)()
    ok('MXListFunctions', byref(count), byref(found))
    function = new('MXGetFunction', b'_set_value')
    ok('MXFuncGetInfo', function, byref(name), byref(text), byref(count), *map(byref, lists), byref(result))
    used, scalars, changed, mask = c_uint32(), c_uint32(), c_uint32(), c_int()
    ok('MXFuncDescribe', function, byref(used), byref(scalars), byref(changed), byref(mask))
    check((used.value, scalars.value, changed.value) == (0, 1, 1), 'what _set_value takes')
    ok('MXFuncInvoke', function, None, numbers(c_float, 5), handles(x))
    check(has_values(x, 5, 5), '_set_value')
    ok('MXFuncInvokeEx', function, None, numbers(c_float, 6), handles(x), 0, None, None)
    check(has_values(x, 6, 6), '_set_value')
    free(x)


def arrays():
    x = array(range(6), [2, 3])
    check(shape_of(x) == [2, 3], 'a shape')
    check(shape_of(x, 'MXNDArrayGetShapeEx', c_int, c_int) == [2, 3], 'a shape')
    check(shape_of(x, 'MXNDArrayGetShapeEx64', c_int, c_int64) == [2, 3], 'a shape')
    check(new('MXNDArrayGetDType', x, type=c_int) == 0, 'a type')
    check(new('MXNDArrayGetStorageType', x, type=c_int) == 0, 'a storage type')
    kind, number = c_int(), c_int()
    ok('MXNDArrayGetContext', x, byref(kind), byref(number))
    check((kind.value, number.value) == (1, 0), 'a device')
    ok('MXNDArrayWaitToRead', x)
    ok('MXNDArrayWaitToWrite', x)
    ok('MXNDArrayWaitAll')
    ok('MXNDArraySyncCheckFormat', x, True)
    check(cast(new('MXNDArrayGetData', x), POINTER(c_float))[4] == 4, 'a pointer to the values')
    for name, first, last in (('MXNDArraySlice', 1, 2), ('MXNDArraySlice64', 1, 2)):
        check(has_values(new(name, x, first, last), 3, 4, 5), name)
    for name in ('MXNDArrayAt', 'MXNDArrayAt64'):
        check(shape_of(new(name, x, 1)) == [3], name)
    check(shape_of(new('MXNDArrayReshape', x, 1, numbers(c_int, -1))) == [6], 'a new shape')
    check(shape_of(new('MXNDArrayReshape64', x, 2, numbers(c_int64, 3, -1), False)) == [3, 2], 'a new shape')
    y = new('MXNDArrayCreate', numbers(c_uint32, 2, 3), 2, 1, 1, 0)
    ok('MXNDArraySyncCopyFromNDArray', y, x, -1)
    check(has_values(y, *range(6)), 'a copy')
    check(shape_of(new('MXNDArrayCreateEx64', numbers(c_int64, 4), 1, 1, 0, 0, 0)) == [4], 'a new array')
    check(new('MXNDArrayGetDType', new('MXNDArrayCreateNone'), type=c_int) == -1, 'no type yet')
    free(new('MXShallowCopyNDArray', x))

    size, data = c_size_t(), POINTER(c_ubyte)()
    raw = c_char_p()
    ok('MXNDArraySaveRawBytes', x, byref(size), byref(raw))
    check(has_values(new('MXNDArrayLoadFromRawBytes', raw, size.value), *range(6)), 'raw bytes')
    ok('MXNDArraySave', path('some.params'), 2, handles(x, y), texts('x', 'y'))
    content = open(path('some.params'), 'rb').read()
    for name, where in (('MXNDArrayLoad', [path('some.params')]), ('MXNDArrayLoadFromBuffer', [content, len(content)])):
        count, found, name_count, found_names = c_uint32(), POINTER(c_void_p)(), c_uint32(), POINTER(c_char_p)()
        ok(name, *where, byref(count), byref(found), byref(name_count), byref(found_names))
        check([found_names[i] for i in range(name_count.value)] == [b'x', b'y'], name)
        check(has_values(found[1], *range(6)), name)

    process, number = c_int(), c_int()
    ok('MXNDArrayGetSharedMemHandle', x, byref(process), byref(number))
    z = new('MXNDArrayCreateFromSharedMem', process.value, number.value, numbers(c_uint32, 2, 3), 2, 0)
    check(has_values(z, *range(6)), 'shared memory')
    ok('MXNDArrayGetSharedMemHandle', z, byref(process), byref(number))
    z = new('MXNDArrayCreateFromSharedMemEx', process.value, number.value, numbers(c_int, 2, 3), 2, 0)
    check(has_values(z, *range(6)), 'shared memory')
    tensor = new('MXNDArrayToDLPack', x)
    check(has_values(new('MXNDArrayFromDLPack', tensor), *range(6)), 'DLPack')
    tensor = new('MXNDArrayToDLPack', x)
    check(has_values(new('MXNDArrayFromDLPackEx', tensor, False), *range(6)), 'DLPack')
    ok('MXNDArrayCallDLPackDeleter', new('MXNDArrayToDLPack', x))
    del data
    free(x, y)


def sparse_arrays():
    rows = invoke('cast_storage', array([0, 0, 3, 4], [2, 2]), stype='row_sparse')
    check(new('MXNDArrayGetStorageType', rows, type=c_int) == 1, 'row-sparse')
    for get_type, get in (('MXNDArrayGetAuxType', 'MXNDArrayGetAuxNDArray'),
                          ('MXNDArrayGetAuxType64', 'MXNDArrayGetAuxNDArray64')):
        check(new(get_type, rows, 0, type=c_int) == 6, get_type)
        check(values_of(new(get, rows, 0), 1, c_int64) == [1], get)
    check(has_values(new('MXNDArrayGetDataNDArray', rows), 3, 4), 'values of a row-sparse array')
    for name, extent, rank in (('MXNDArrayCreateSparseEx', c_uint32, c_uint32), ('MXNDArrayCreateSparseEx64', c_int64, c_int)):
        made = new(name, 2, numbers(extent, 2, 3), 2, 1, 0, 0, 0, 2, numbers(c_int, 6, 6), numbers(rank, 1, 1),
                   numbers(extent, 3, 0))
        check(new('MXNDArrayGetStorageType', made, type=c_int) == 2, name)


def record(recorded, trained):
    new('MXAutogradSetIsRecording', recorded, type=c_int)
    new('MXAutogradSetIsTraining', trained, type=c_int)


def autograd():
    x, grad = array([1, 2, 3], [3]), array([0, 0, 0], [3])
    ok('MXAutogradMarkVariables', 1, handles(x), numbers(c_uint32, 1), handles(grad))
    record(1, 1)
    check(new('MXAutogradIsRecording', type=c_bool) and new('MXAutogradIsTraining', type=c_bool), 'recording')
    y = invoke('square', x)
    record(0, 0)
    ok('MXAutogradBackward', 1, handles(y), None, 1)
    check(has_values(new('MXNDArrayGetGrad', x), 2, 4, 6), 'a gradient')
    check(new('MXNDArrayGetGradState', x, type=c_int) == 1, 'a fresh gradient')
    ok('MXNDArraySetGradState', x, 0)
    ok('MXAutogradComputeGradient', 1, handles(y))
    grads, storage = POINTER(c_void_p)(), POINTER(c_int)()
    record(1, 1)
    y = invoke('square', x)
    record(0, 0)
    ok('MXSymbolFree', new('MXAutogradGetSymbol', y))
    ok('MXAutogradBackwardEx', 1, handles(y), None, 1, handles(x), 0, 0, 1, byref(grads), byref(storage))
    check(storage[0] == 0 and has_values(grads[0], 2, 4, 6), 'a gradient that was asked for')
    detached = new('MXNDArrayDetach', y)
    fails('MXAutogradBackward', 1, handles(detached), None, 0)

    fc = layer()
    inputs = handles(array([1, 2, 3], [1, 3]), array(WEIGHT, [2, 3]), array([10, 20], [2]))
    for cached in (new('MXCreateCachedOp', fc), new('MXCreateCachedOpEx', fc, 0, None, None)):
        count, outputs = c_int(), POINTER(c_void_p)()
        ok('MXInvokeCachedOp', cached, 3, inputs, byref(count), byref(outputs))
        check(has_values(outputs[0], 11, 25), 'a cached operator')
        outputs = POINTER(c_void_p)()
        ok('MXInvokeCachedOpEx', cached, 3, inputs, byref(count), byref(outputs), byref(storage))
        check(has_values(outputs[0], 11, 25), 'a cached operator')
        ok('MXFreeCachedOp', cached)
    ok('MXSymbolFree', fc)


class CallbackList(Structure):
    _fields_ = [('count', c_int), ('callbacks', POINTER(c_void_p)), ('contexts', POINTER(c_void_p))]


def callback_list(*functions):
    return CallbackList(len(functions), handles(*[cast(f, c_void_p).value for f in functions]),
                        handles(*[None] * len(functions)))


DELETE = CFUNCTYPE(c_int, c_void_p)
FUNCTION_BACKWARD = CFUNCTYPE(c_int, c_int, c_int, POINTER(c_void_p), POINTER(c_int), c_int, c_void_p)
CREATOR = CFUNCTYPE(c_int, c_char_p, c_int, POINTER(c_char_p), POINTER(c_char_p), POINTER(CallbackList))
kept = []


def custom():
    @CREATOR
    def refuse(name, count, keys, values, result):
        return 0

    @FUNCTION_BACKWARD
    def backward(grads, results, arrays, requests, is_train, context):
        values = values_of(arrays[0], 2)
        ok('MXNDArraySyncCopyFromCPU', arrays[1], numbers(c_float, *[10 * value for value in values]), 2)
        free(arrays[0], arrays[1])
        return 1

    @DELETE
    def delete(context):
        return 1

    kept.extend([refuse, backward, delete])
    ok('MXCustomOpRegister', b'client_py_refuses', refuse)
    x, grad, y = array([1, 2], [2]), array([0, 0], [2]), array([3, 4], [2])
    ok('MXAutogradMarkVariables', 1, handles(x), numbers(c_uint32, 1), handles(grad))
    functions = callback_list(backward, delete)
    kept.append(functions)
    record(1, 1)
    ok('MXCustomFunctionRecord', 1, handles(x), 1, handles(y), ctypes.addressof(functions))
    record(0, 0)
    ok('MXAutogradBackward', 1, handles(y), None, 0)
    check(has_values(grad, 10, 10), 'the gradient of a function of ours')


def symbols():
    for prefix in ('MX', 'NN'):
        data = new(prefix + 'SymbolCreateVariable', b'data')
        fc = new(prefix + 'SymbolCreateAtomicSymbol', op('FullyConnected'), 1, texts('num_hidden'), texts('2'))
        ok(prefix + 'SymbolCompose', fc, b'fc', 1, texts('data'), handles(data))
        for name in ('SymbolCopy', 'SymbolGetInternals', 'SymbolGetChildren'):
            ok(prefix + 'SymbolFree', new(prefix + name, fc))
        ok(prefix + 'SymbolFree', new(prefix + 'SymbolGetOutput', fc, 0))
        check(new(prefix + 'SymbolGetNumOutputs', fc, type=c_uint32) == 1, 'one output')
        check(b'fc' in new(prefix + 'SymbolPrint', fc, type=c_char_p), 'a printed symbol')
        ok(prefix + 'SymbolFree', new(prefix + 'SymbolCreateGroup', 2, handles(fc, data)))
        text, found = c_char_p(), c_int()
        ok(prefix + 'SymbolGetAttr', fc, b'num_hidden', byref(text), byref(found))
        check(found.value == 1 and text.value == b'2', 'an attribute')
        ok(prefix + 'SymbolFree', data)
    ok('NNSymbolSetAttrs', fc, 1, texts('__mine__'), texts('1'))
    ok('MXSymbolSetAttr', fc, b'__other__', b'1')
    count, found_texts = c_uint32(), POINTER(c_char_p)()
    for name, arguments in (('MXSymbolListAttr', ()), ('MXSymbolListAttrShallow', ()), ('NNSymbolListAttrs', (1,))):
        ok(name, fc, *arguments, byref(count), byref(found_texts))
        check(count.value >= 3, name)
    check(names_of('MXSymbolListArguments', fc) == ARGUMENTS, 'arguments')
    check(names_of('NNSymbolListInputNames', fc, 0) == ARGUMENTS, 'inputs')
    check(names_of('MXSymbolListOutputs', fc) == names_of('NNSymbolListOutputNames', fc) == ['fc_output'], 'outputs')
    check(names_of('MXSymbolListAuxiliaryStates', fc) == [], 'no states')
    name = c_char_p()
    ok('MXSymbolGetName', fc, byref(name), byref(found))
    check(name.value == b'fc', 'a name')
    json = new('MXSymbolSaveToJSON', fc, type=c_char_p)
    ok('MXSymbolFree', new('MXSymbolCreateFromJSON', json))
    ok('MXSymbolSaveToFile', fc, path('fc.json'))
    ok('MXSymbolFree', new('MXSymbolCreateFromFile', path('fc.json')))
    ok('MXSymbolFree', new('MXShallowCopySymbol', fc))
    ok('MXSymbolFree', new('MXSymbolRemoveAmpCast', fc))
    list_, size = POINTER(c_void_p)(), c_int()
    ok('MXSymbolGetInputSymbols', fc, byref(list_), byref(size))
    check(size.value == 3, 'three inputs')
    fails('MXSymbolCutSubgraph', fc, byref(list_), byref(size))
    ok('NNSymbolListInputVariables', fc, 0, byref(count), byref(list_))
    check(count.value == 3, 'three variables')
    fails('MXSymbolGrad', fc, 1, texts('data'), byref(c_void_p()))
    other = new('MXSymbolCreateVariable', b'other')
    ok('NNAddControlDeps', fc, other)

    graph, result = new('NNGraphCreate', layer()), c_char_p()
    check(names_of('MXSymbolListArguments', new('NNGraphGetSymbol', graph)) == ARGUMENTS, 'the symbol of a graph')
    ok('NNGraphSetJSONAttr', graph, b'mine', b'["int", 3]')
    ok('NNGraphGetJSONAttr', graph, b'mine', byref(result), byref(found))
    ok('NNGraphSetNodeEntryListAttr_', graph, b'entries', layer())
    ok('NNGraphFree', new('NNGraphApplyPasses', graph, 0, None))
    ok('NNGraphFree', graph)
    inference(layer())


def inference(fc):
    forms = (
        ('MXSymbolInferShape', c_uint32, c_uint32, c_uint32, c_uint32), ('MXSymbolInferShapeEx', c_uint32, c_int, c_uint32, c_int),
        ('MXSymbolInferShapeEx64', c_int64, c_int64, c_size_t, c_int))
    for form, offset, extent, size, rank in forms:
        for name in (form, form.replace('InferShape', 'InferShapePartial')):
            results = [(size(), POINTER(rank)(), POINTER(POINTER(extent))()) for _ in range(3)]
            complete = c_int()
            ok(name, fc, 1, texts('data'), numbers(offset, 0, 2), numbers(extent, 5, 3),
               *[byref(part) for result in results for part in result], byref(complete))
            check(complete.value == 1 and results[0][0].value == 3 and results[0][2][1][:2] == [2, 3], name)
            check(results[1][2][0][:2] == [5, 2], name)
    for name in ('MXSymbolInferType', 'MXSymbolInferTypePartial'):
        results = [(c_uint32(), POINTER(c_int)()) for _ in range(3)]
        complete = c_int()
        ok(name, fc, 1, texts('data'), numbers(c_int, 1), *[byref(part) for result in results for part in result],
           byref(complete))
        check(complete.value == 1 and results[1][1][0] == 1, name)


MONITOR = CFUNCTYPE(None, c_char_p, c_void_p, c_void_p)


def run(executor, expected=(11, 25)):
    count, outputs = c_uint32(), POINTER(c_void_p)()
    ok('MXExecutorForward', executor, 1)
    ok('MXExecutorOutputs', executor, byref(count), byref(outputs))
    check(has_values(outputs[0], *expected), 'the output of an executor')
    head = handles(array([1, 2], [1, 2]))
    ok('MXExecutorBackward', executor, 1, head)
    ok('MXExecutorForward', executor, 1)
    ok('MXExecutorBackwardEx', executor, 1, head, 1)


def executors():
    seen = []
    monitor = MONITOR(lambda name, handle, context: (seen.append(name), free(handle)) and None)
    fc = layer()
    inputs = handles(array([1, 2, 3], [1, 3]), array(WEIGHT, [2, 3]), array([10, 20], [2]))
    weight_grad = array([0] * 6, [2, 3])
    grads, requests = handles(None, weight_grad, None), numbers(c_uint32, 0, 1, 0)
    none, group = [0, None, None, None], [1, texts('group'), numbers(c_int, 1), numbers(c_int, 1)]
    first = new('MXExecutorBind', fc, 1, 0, 3, inputs, grads, requests, 0, None)
    for executor in (first, new('MXExecutorBindX', fc, 1, 0, *group, 3, inputs, grads, requests, 0, None),
                     new('MXExecutorBindEX', fc, 1, 0, *none, 3, inputs, grads, requests, 0, None, first)):
        run(executor)
        check(has_values(weight_grad, 1, 2, 3, 2, 4, 6), 'the gradient of the weight')
    check(b'MB allocated' in new('MXExecutorPrint', first, type=c_char_p), 'a printed executor')
    ok('MXExecutorSetMonitorCallback', first, monitor, None)
    ok('MXExecutorForward', first, 0)
    ok('MXExecutorSetMonitorCallbackEX', first, monitor, None, False)
    ok('MXExecutorForward', first, 0)
    check(seen == [b'fc_output'] * 2, 'what a monitor saw')

    for form, extent in (('', c_uint32), ('Ex', c_int), ('Ex64', c_int64)):
        shared, in_count, aux_count, executor = c_int(-1), c_uint32(), c_uint32(), c_void_p()
        shared_names, lists = POINTER(c_char_p)(), [POINTER(c_void_p)() for _ in range(4)]
        ok('MXExecutorSimpleBind' + form, fc, 1, 0, *none, 0, None, texts('write'), 1, texts('data'), numbers(extent, 1, 3),
           numbers(c_uint32, 0, 2), 0, None, None, 0, None, None, 0, None, byref(shared), None, None, byref(shared_names),
           byref(lists[0]), byref(in_count), byref(lists[1]), byref(lists[2]), byref(aux_count), byref(lists[3]), None,
           byref(executor))
        check(in_count.value == 3 and aux_count.value == 0, 'the arrays of an executor')
        ok('MXNDArraySyncCopyFromCPU', lists[1][0], numbers(c_float, 1, 2, 3), 3)
        ok('MXNDArraySyncCopyFromCPU', lists[1][1], numbers(c_float, *WEIGHT), 6)
        ok('MXNDArraySyncCopyFromCPU', lists[1][2], numbers(c_float, 10, 20), 2)
        run(executor)
        if form != 'Ex64':
            wider = c_void_p()
            ok('MXExecutorReshape' + form, 0, 1, 1, 0, *none, 1, texts('data'), numbers(extent, 2, 3), numbers(c_uint32, 0, 2),
               byref(in_count), byref(lists[1]), byref(lists[2]), byref(aux_count), byref(lists[3]), executor, byref(wider))
            check(shape_of(lists[1][0]) == [2, 3], 'a new shape of an executor')
            ok('MXExecutorFree', wider)
        ok('MXExecutorFree', executor)


def files():
    with open(path('data.csv'), 'w') as file:
        file.write('1,2\n3,4\n5,6\n')
    count, creators, csv = c_uint32(), POINTER(c_void_p)(), None
    ok('MXListDataIters', byref(count), byref(creators))
    for i in range(count.value):
        name, text, arguments = c_char_p(), c_char_p(), c_uint32()
        lists = [POINTER(c_char_p)() for _ in range(3)]
        ok('MXDataIterGetIterInfo', creators[i], byref(name), byref(text), byref(arguments), *map(byref, lists))
        csv = creators[i] if name.value == b'CSVIter' else csv
    iterator = new('MXDataIterCreateIter', csv, 4, texts('data_csv', 'data_shape', 'batch_size', 'round_batch'),
                   texts(path('data.csv').decode(), '(2,)', '2', 'False'))
    for _ in range(2):
        check(new('MXDataIterNext', iterator, type=c_int) == 1, 'a batch')
        check(has_values(new('MXDataIterGetData', iterator), 1, 2, 3, 4), 'the first batch')
        check(shape_of(new('MXDataIterGetLabel', iterator))[0] == 2, 'labels')
        index, size = POINTER(c_uint64)(), c_uint64()
        ok('MXDataIterGetIndex', iterator, byref(index), byref(size))
        check(new('MXDataIterNext', iterator, type=c_int) == 1, 'another batch')
        check(new('MXDataIterGetPadNum', iterator, type=c_int) == 1, 'the last batch is filled up')
        ok('MXDataIterBeforeFirst', iterator)
    ok('MXDataIterFree', iterator)

    writer = new('MXRecordIOWriterCreate', path('some.rec'))
    ok('MXRecordIOWriterWriteRecord', writer, b'first', 5)
    check(new('MXRecordIOWriterTell', writer, type=c_size_t) == 16, 'the end of the first record')
    ok('MXRecordIOWriterWriteRecord', writer, b'second', 6)
    ok('MXRecordIOWriterFree', writer)
    reader, data, size = new('MXRecordIOReaderCreate', path('some.rec')), c_char_p(), c_size_t()
    ok('MXRecordIOReaderSeek', reader, 16)
    check(new('MXRecordIOReaderTell', reader, type=c_size_t) == 16, 'where the reader is')
    ok('MXRecordIOReaderReadRecord', reader, byref(data), byref(size))
    check(ctypes.string_at(data, size.value) == b'second', 'the second record')
    ok('MXRecordIOReaderFree', reader)

    png = bytes.fromhex(
        '89504e470d0a1a0a0000000d4948445200000002000000020802000000fdd49a730000001349444154789c63f8cfc0c0'
        '00c20cffb944e4001a58033a5663a23c0000000049454e44ae426082')
    image = new('MXCVImdecode', (c_ubyte * len(png))(*png), len(png), 1)
    check(values_of(image, 12, c_ubyte) == [0, 0, 255, 0, 255, 0, 255, 0, 0, 30, 20, 10], 'the pixels of an image')
    check(shape_of(new('MXCVResize', image, 4, 2, 0)) == [2, 4, 3], 'a larger image')
    check(shape_of(new('MXCVcopyMakeBorder', image, 1, 0, 0, 0, 0, 5.0)) == [3, 2, 3], 'an image with a border')


UPDATER = CFUNCTYPE(None, c_int, c_void_p, c_void_p, c_void_p)
TEXT_UPDATER = CFUNCTYPE(None, c_char_p, c_void_p, c_void_p, c_void_p)


def stores():
    check(new('MXKVStoreIsWorkerNode', type=c_int) == 1, 'a worker')
    check(new('MXKVStoreIsServerNode', type=c_int) == 0, 'no server')
    check(new('MXKVStoreIsSchedulerNode', type=c_int) == 0, 'no scheduler')
    ok('MXInitPSEnv', 1, texts('COREENGINE_CLIENT_PY'), texts('1'))
    seen = []
    updater = UPDATER(lambda key, received, stored, context: (seen.append(key), free(received, stored)) and None)
    text_updater = TEXT_UPDATER(lambda key, received, stored, context: (seen.append(key), free(received, stored)) and None)
    for suffix, keys, more in (('', numbers(c_int, 3), numbers(c_int, 5)), ('Ex', texts('three'), texts('five'))):
        store = new('MXKVStoreCreate', b'local')
        value, result = handles(array([1, 2], [2])), handles(array([0, 0], [2]))
        ok('MXKVStoreInit' + suffix, store, 1, keys, value)
        ok('MXKVStorePush' + suffix, store, 1, keys, value, 0)
        ok('MXKVStorePull' + suffix, store, 1, keys, result, 0)
        check(has_values(result[0], 1, 2), 'what was pushed')
        ok('MXKVStorePushPull' + suffix, store, 1, keys, 1, keys, value, result, 0)
        ok('MXKVStoreBroadcast' + suffix, store, 1, more, 1, more, value, result, 0)
        ok('MXKVStorePullWithSparse' + suffix, store, 1, keys, result, 0, True)
        rows = handles(invoke('cast_storage', array([1, 2, 3, 4], [2, 2]), stype='row_sparse'))
        sparse = type(more)(*([7] if suffix == '' else [b'seven']))
        ids = new('MXNDArrayCreateEx', numbers(c_uint32, 1), 1, 1, 0, 0, 6)
        ok('MXNDArraySyncCopyFromCPU', ids, numbers(c_int64, 1), 1)
        ok('MXKVStoreInit' + suffix, store, 1, sparse, rows)
        ok('MXKVStorePullRowSparse' + suffix, store, 1, sparse, rows, handles(ids), 0)
        check(has_values(invoke('cast_storage', rows[0], stype='default'), 0, 0, 3, 4), 'rows')
        if suffix == '':
            ok('MXKVStoreSetUpdater', store, updater, None)
        else:
            ok('MXKVStoreSetUpdaterEx', store, updater, text_updater, None)
        ok('MXKVStorePush' + suffix, store, 1, keys, value, 0)
        check(new('MXKVStoreGetType', store, type=c_char_p) == b'local', 'the type of a store')
        check(new('MXKVStoreGetRank', store, type=c_int) == 0, 'a rank')
        check(new('MXKVStoreGetGroupSize', store, type=c_int) == 1, 'one worker')
        number = c_int()
        ok('MXKVStoreGetNumDeadNode', store, 7, byref(number), 1)
        ok('MXKVStoreBarrier', store)
        ok('MXKVStoreSetBarrierBeforeExit', store, 0)
        ok('MXKVStoreRunServer', store, cast(updater, c_void_p), None)
        ok('MXKVStoreSendCommmandToServers', store, 0, b'body')
        ok('MXKVStoreFree', store)
    check(seen == [3, b'three'], 'the calls of the updaters')
    store = new('MXKVStoreCreate', b'device')
    ok('MXKVStoreSetGradientCompression', store, 2, texts('type', 'threshold'), texts('2bit', '0.5'))
    ok('MXKVStoreFree', store)


def predictors():
    seen = []
    monitor = MONITOR(lambda name, handle, context: (seen.append(name), free(handle)) and None)
    json = new('MXSymbolSaveToJSON', layer(), type=c_char_p)
    ok('MXNDArraySave', path('fc.params'), 2, handles(array(WEIGHT, [2, 3]), array([10, 20], [2])),
       texts('arg:fc_weight', 'arg:fc_bias'))
    content = open(path('fc.params'), 'rb').read()
    start = [json, content, len(content), 1, 0, 1, texts('data'), numbers(c_uint32, 0, 2), numbers(c_uint32, 1, 3)]
    several = handles(None, None)
    ok('MXPredCreateMultiThread', *start, 2, several)
    made = [new('MXPredCreate', *start), new('MXPredCreatePartialOut', *start, 1, texts('fc')),
            new('MXPredCreateEx', *start, 0, None, None), *several]
    ok('MXPredSetMonitorCallback', made[0], monitor, None, False)
    for predictor in made:
        ok('MXPredSetInput', predictor, b'data', numbers(c_float, 1, 2, 3), 3)
        ok('MXPredForward', predictor)
        shape, rank, output = POINTER(c_uint32)(), c_uint32(), (c_float * 2)()
        ok('MXPredGetOutputShape', predictor, 0, byref(shape), byref(rank))
        check(shape[:rank.value] == [1, 2], 'the shape of an output')
        check(new('MXPredGetOutputType', predictor, 0, type=c_int) == 0, 'the type of an output')
        ok('MXPredGetOutput', predictor, 0, output, 2)
        check(list(output) == [11, 25], 'a prediction')
    check(b'fc_output' in seen, 'what the monitor saw')
    left, wider = c_int(), c_void_p()
    ok('MXPredPartialForward', made[0], 0, byref(left))
    ok('MXPredReshape', 1, texts('data'), numbers(c_uint32, 0, 2), numbers(c_uint32, 2, 3), made[0], byref(wider))
    for predictor in [*made, wider]:
        ok('MXPredFree', predictor)
    listed, count = c_void_p(), c_uint32()
    ok('MXNDListCreate', content, len(content), byref(listed), byref(count))
    key, data, shape, rank = c_char_p(), POINTER(c_float)(), POINTER(c_uint32)(), c_uint32()
    ok('MXNDListGet', listed, 1, byref(key), byref(data), byref(shape), byref(rank))
    check(count.value == 2 and key.value == b'arg:fc_bias' and data[:2] == [10, 20], 'a list of arrays')
    ok('MXNDListFree', listed)


def profiler():
    ok('MXSetProfilerConfig', 1, path('profile.json'), None)
    ok('MXSetProfilerState', 1)
    free(invoke('square', array([1, 2], [2])))
    ok('MXNDArrayWaitAll')
    domain = new('MXProfileCreateDomain', b'domain')
    counter = new('MXProfileCreateCounter', domain, b'counter')
    durations = [new('MXProfileCreateTask', domain, b'task'), new('MXProfileCreateFrame', domain, b'frame'),
                 new('MXProfileCreateEvent', b'event')]
    for duration in durations:
        ok('MXProfileDurationStart', duration)
        ok('MXProfileDurationStop', duration)
    ok('MXProfileSetCounter', counter, 4)
    ok('MXProfileAdjustCounter', counter, -1)
    ok('MXProfileSetMarker', domain, b'moment', b'process')
    ok('MXProfilePause', 1)
    ok('MXProfilePause', 0)
    ok('MXProcessProfilePause', 0, 0, None)
    ok('MXSetProfilerState', 0)
    text = c_char_p()
    ok('MXAggregateProfileStatsPrint', byref(text), 0)
    check(b'square' in text.value, 'statistics')
    ok('MXAggregateProfileStatsPrintEx', byref(text), 0, 1, 0, 0)
    ok('MXDumpProfile', 1)
    check('traceEvents' in open(path('profile.json')).read(), 'a trace')
    ok('MXSetProcessProfilerConfig', 1, texts('filename'), texts(path('profile.json').decode()), None)
    ok('MXSetProcessProfilerState', 0, 0, None)
    ok('MXDumpProcessProfile', 1, 0, None)
    for handle in [*durations, counter, domain]:
        ok('MXProfileDestroyHandle', handle)


def zeros():
    """Every function with zeros for all arguments."""
    for name, (result, parameters) in FUNCTIONS.items():
        if result is not c_int:
            continue
        arguments = [None if is_pointer(type) else 0 for _, type in parameters]
        (ok if name in ZERO_IS_FINE else fails)(name, *arguments)


def is_pointer(type):
    return type in (c_void_p, c_char_p) or hasattr(type, 'contents')


def run_time_compilation():
    fails('MXRtcCudaModuleCreate', b'__global__ void k() {}', 0, None, 1, texts('k'), byref(c_void_p()))
    check('GPU' in last_error(), 'an error that says what is missing')
    for name in ('MXRtcFree', 'MXRtcCudaModuleFree', 'MXRtcCudaKernelFree'):
        ok(name, None)
        fails(name, 12345)


for part in (settings, operators, arrays, sparse_arrays, autograd, custom, symbols, executors, files, stores, predictors,
             profiler, run_time_compilation, zeros):
    try:
        part()
    except Exception as error:
        problems.append('%s stopped: %r' % (part.__name__, error))
ok('MXNotifyShutdown')
for _name in FUNCTIONS:
    if _name not in succeeded and _name not in NEVER_SUCCEED:
        problems.append(_name + ' never succeeded')
    if _name in succeeded and _name in NEVER_SUCCEED:
        problems.append(_name + ' succeeded')
print(*problems, '%d problems' % len(problems), sep='\n')
sys.exit(1 if problems else 0)
