using CoreEngine.Operators;

namespace CoreEngine.CApi;

/// <summary>The handles of this process, and what goes wrong with them in words.</summary>
internal static unsafe class Handles
{
    private static readonly HandleTable s_table = new();

    /// <summary>How many handles there are; operators and other permanent ones count, too.</summary>
    internal static int Count => s_table.Count;

    /// <summary>A new handle of an object, the caller's to free.</summary>
    internal static nint Add(HandleKind kind, object value) => s_table.Add(kind, value);

    /// <summary>
    /// A new handle that takes an array over: freeing it disposes of the array. Of an array that something else holds,
    /// too, give <see cref="NDArray.Share"/>.
    /// </summary>
    internal static nint Add(NDArray array) => Add(new ArrayHandle(array));

    /// <summary>A new handle of the place of an array, which may be empty.</summary>
    internal static nint Add(ArrayHandle slot) => s_table.Add(HandleKind.NDArray, slot);

    /// <summary>A new handle of a symbol.</summary>
    internal static nint Add(Symbol symbol) => s_table.Add(HandleKind.Symbol, new SymbolHandle(symbol));

    /// <summary>The object of a handle.</summary>
    /// <param name="handle">The handle.</param>
    /// <param name="kind">What it must stand for.</param>
    /// <param name="argument">The name of the function's argument, for the error.</param>
    /// <exception cref="HandleException">It is NULL, was freed, was never given out or stands for something else.</exception>
    internal static T Get<T>(nint handle, HandleKind kind, string argument)
        where T : class => s_table.Find(handle, kind) as T ?? throw Wrong(handle, kind, argument);

    /// <summary>
    /// The array behind a handle. Whoever keeps it beyond the call must keep <see cref="NDArray.Share"/> of it: the
    /// caller may free the handle, and with it the array, at any time.
    /// </summary>
    /// <exception cref="HandleException">As for <see cref="Get"/>; or the handle is an empty slot.</exception>
    internal static NDArray Array(nint handle, string argument) =>
        Slot(handle, argument).Array
        ?? throw new HandleException(
            $"'{argument}' is an empty array: it was made by MXNDArrayCreateNone and nothing was written to it yet."
        );

    /// <summary>The place of an array, which may be empty still.</summary>
    internal static ArrayHandle Slot(nint handle, string argument) =>
        Get<ArrayHandle>(handle, HandleKind.NDArray, argument);

    /// <summary>The arrays behind several handles.</summary>
    internal static NDArray[] Arrays(nint* handles, long count, string argument)
    {
        ReadOnlySpan<nint> values = Pointers.Span(handles, count, argument);
        var arrays = new NDArray[values.Length];
        for (int i = 0; i < arrays.Length; i++)
        {
            arrays[i] =
                (s_table.Find(values[i], HandleKind.NDArray) as ArrayHandle)?.Array
                ?? Array(values[i], $"{argument}[{i}]");
        }

        return arrays;
    }

    /// <summary>The arrays behind several handles, of which some may be NULL or, as C++ writes it, empty places.</summary>
    internal static NDArray?[] OptionalArrays(nint* handles, long count, string argument)
    {
        ReadOnlySpan<nint> values = Pointers.Span(handles, count, argument);
        var arrays = new NDArray?[values.Length];
        for (int i = 0; i < arrays.Length; i++)
        {
            arrays[i] = values[i] == 0 ? null : Slot(values[i], $"{argument}[{i}]").Array;
        }

        return arrays;
    }

    /// <summary>New handles of arrays; NULL where there is none.</summary>
    internal static nint[] AddAll(IReadOnlyList<NDArray?> arrays)
    {
        var handles = new nint[arrays.Count];
        for (int i = 0; i < handles.Length; i++)
        {
            handles[i] = arrays[i] is { } array ? Add(array) : 0;
        }

        return handles;
    }

    /// <summary>The symbol behind a handle.</summary>
    internal static Symbol Symbol(nint handle, string argument) => SymbolSlot(handle, argument).Symbol;

    /// <summary>The place of a symbol, which composing changes.</summary>
    internal static SymbolHandle SymbolSlot(nint handle, string argument) =>
        Get<SymbolHandle>(handle, HandleKind.Symbol, argument);

    /// <summary>The operator behind a handle.</summary>
    internal static OperatorEntry Operator(nint handle, string argument) =>
        Get<OperatorEntry>(handle, HandleKind.Operator, argument);

    /// <summary>Ends a handle; NULL is nothing to end.</summary>
    /// <returns>The object; null for NULL.</returns>
    /// <exception cref="HandleException">It was freed before, was never given out or stands for something else.</exception>
    internal static object? Remove(nint handle, HandleKind kind, string argument)
    {
        if (handle == 0)
            return null;
        return s_table.Remove(handle, kind) ?? throw Wrong(handle, kind, argument);
    }

    private static HandleException Wrong(nint handle, HandleKind kind, string argument)
    {
        HandleKind claimed = HandleTable.KindOf(handle);
        string problem = handle switch
        {
            0 => "is NULL",
            _ when claimed > HandleKind.None && claimed <= HandleKind.IteratorCreator && claimed != kind =>
                $"is the handle of {Describe(claimed)}",
            _ when claimed == kind => "was freed, or never given out by this library",
            _ => "is no handle of this library",
        };
        return new HandleException($"'{argument}' must be the handle of {Describe(kind)}; it {problem}.");
    }

    private static string Describe(HandleKind kind) =>
        kind switch
        {
            HandleKind.NDArray => "an array",
            HandleKind.Symbol => "a symbol",
            HandleKind.Executor => "an executor",
            HandleKind.CachedOp => "a cached operator",
            HandleKind.Graph => "a graph",
            HandleKind.DataIterator => "a data iterator",
            HandleKind.RecordReader => "a record reader",
            HandleKind.RecordWriter => "a record writer",
            HandleKind.KVStore => "a key-value store",
            HandleKind.Predictor => "a predictor",
            HandleKind.ArrayList => "a list of arrays",
            HandleKind.Profile => "a profiling object",
            HandleKind.CudaModule => "a CUDA module",
            HandleKind.CudaKernel => "a CUDA kernel",
            HandleKind.Operator => "an operator",
            HandleKind.Function => "a function",
            HandleKind.IteratorCreator => "a kind of data iterator",
            _ => "nothing",
        };
}
