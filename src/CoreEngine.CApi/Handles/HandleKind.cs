namespace CoreEngine.CApi;

/// <summary>What a handle stands for.</summary>
internal enum HandleKind
{
    None,
    NDArray,
    Symbol,
    Executor,
    CachedOp,
    Graph,
    DataIterator,
    RecordReader,
    RecordWriter,
    KVStore,
    Predictor,
    ArrayList,
    Profile,
    CudaModule,
    CudaKernel,

    // These three live as long as the process.
    Operator,
    Function,
    IteratorCreator,
}
