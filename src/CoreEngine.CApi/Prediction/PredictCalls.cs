using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>The small interface for running trained models.</summary>
internal static unsafe partial class PredictCalls
{
    internal static void MXPredCreate(
        byte* symbolJsonStr,
        void* paramBytes,
        int paramSize,
        int devType,
        int devId,
        uint numInputNodes,
        byte** inputKeys,
        uint* inputShapeIndptr,
        uint* inputShapeData,
        nint* @out
    ) =>
        MXPredCreateMultiThread(
            symbolJsonStr,
            paramBytes,
            paramSize,
            devType,
            devId,
            numInputNodes,
            inputKeys,
            inputShapeIndptr,
            inputShapeData,
            numThreads: 1,
            @out
        );

    internal static void MXPredCreateMultiThread(
        byte* symbolJsonStr,
        void* paramBytes,
        int paramSize,
        int devType,
        int devId,
        uint numInputNodes,
        byte** inputKeys,
        uint* inputShapeIndptr,
        uint* inputShapeData,
        int numThreads,
        nint* @out
    ) =>
        Create(
            symbolJsonStr,
            paramBytes,
            paramSize,
            Shapes(numInputNodes, inputKeys, inputShapeIndptr, inputShapeData),
            new PredictorOptions { Device = Devices.Of(devType, devId) },
            numThreads,
            @out
        );

    internal static void MXPredCreatePartialOut(
        byte* symbolJsonStr,
        void* paramBytes,
        int paramSize,
        int devType,
        int devId,
        uint numInputNodes,
        byte** inputKeys,
        uint* inputShapeIndptr,
        uint* inputShapeData,
        uint numOutputNodes,
        byte** outputKeys,
        nint* @out
    ) =>
        Create(
            symbolJsonStr,
            paramBytes,
            paramSize,
            Shapes(numInputNodes, inputKeys, inputShapeIndptr, inputShapeData),
            new PredictorOptions
            {
                Device = Devices.Of(devType, devId),
                // Nodes are named, and their first results meant.
                Outputs = [.. Text.ReadAll(outputKeys, numOutputNodes, "output_keys").Select(name => name + "_output")],
            },
            count: 1,
            @out
        );

    internal static void MXPredCreateEx(
        byte* symbolJsonStr,
        void* paramBytes,
        int paramSize,
        int devType,
        int devId,
        uint numInputNodes,
        byte** inputKeys,
        uint* inputShapeIndptr,
        uint* inputShapeData,
        uint numProvidedArgDtypes,
        byte** providedArgDtypeNames,
        int* providedArgDtypes,
        nint* @out
    )
    {
        string[] names = Text.ReadAll(providedArgDtypeNames, numProvidedArgDtypes, "provided_arg_dtype_names");
        DType[] types = Types.Read(providedArgDtypes, numProvidedArgDtypes, "provided_arg_dtypes");
        var byName = new Dictionary<string, DType>(StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            if (types[i] != DType.None)
                byName[names[i]] = types[i];
        }

        Create(
            symbolJsonStr,
            paramBytes,
            paramSize,
            Shapes(numInputNodes, inputKeys, inputShapeIndptr, inputShapeData),
            new PredictorOptions { Device = Devices.Of(devType, devId), Types = byName },
            count: 1,
            @out
        );
    }

    internal static void MXPredReshape(
        uint numInputNodes,
        byte** inputKeys,
        uint* inputShapeIndptr,
        uint* inputShapeData,
        nint handle,
        nint* @out
    )
    {
        Dictionary<string, Shape> shapes = Shapes(numInputNodes, inputKeys, inputShapeIndptr, inputShapeData);
        Predictor predictor = Get(handle).Predictor;
        Pointers.Require(@out, nameof(@out));
        *@out = Add(predictor.Reshape(shapes));
    }

    internal static void MXPredFree(nint handle)
    {
        if (Handles.Remove(handle, HandleKind.Predictor, nameof(handle)) is PredictorHandle predictor)
            predictor.Predictor.Dispose();
    }

    internal static void MXPredGetOutputShape(nint handle, uint index, uint** shapeData, uint* shapeNdim)
    {
        PredictorHandle predictor = Get(handle);
        Pointers.Require(shapeData, "shape_data");
        Pointers.Require(shapeNdim, "shape_ndim");
        Shape shape = predictor.Predictor.OutputShape(Index(index));
        *shapeData = predictor.Shape.Extents<uint>(shape);
        *shapeNdim = (uint)shape.Rank;
    }

    internal static void MXPredGetOutputType(nint handle, uint outIndex, int* outDtype)
    {
        Predictor predictor = Get(handle).Predictor;
        Pointers.Require(outDtype, "out_dtype");
        *outDtype = (int)predictor.OutputType(Index(outIndex));
    }

    internal static void MXPredSetInput(nint handle, byte* key, float* data, uint size)
    {
        Predictor predictor = Get(handle).Predictor;
        predictor.SetInput(Text.Read(key, nameof(key)), Floats(data, size, nameof(data)));
    }

    internal static void MXPredForward(nint handle) => Get(handle).Predictor.Forward();

    internal static void MXPredPartialForward(nint handle, int step, int* stepLeft)
    {
        Predictor predictor = Get(handle).Predictor;
        Pointers.Require(stepLeft, "step_left");
        if (step < 0)
            throw new EngineException($"'step' is {step}; steps are counted from 0.");
        *stepLeft = predictor.PartialForward(step);
    }

    internal static void MXPredGetOutput(nint handle, uint index, float* data, uint size)
    {
        Predictor predictor = Get(handle).Predictor;
        predictor.GetOutput(Index(index), Floats(data, size, nameof(data)));
    }

    internal static void MXPredSetMonitorCallback(
        nint handle,
        delegate* unmanaged[Cdecl]<byte*, nint, void*, void> callback,
        void* callbackHandle,
        byte monitorAll
    ) =>
        Get(handle)
            .Predictor.SetMonitor(
                callback is null ? null : (name, array) => Report(callback, callbackHandle, name, array),
                includesInputs: monitorAll != 0
            );

    internal static void MXNDListCreate(byte* ndFileBytes, int ndFileSize, nint* @out, uint* outLength)
    {
        Pointers.Require(@out, nameof(@out));
        Pointers.Require(outLength, "out_length");
        using UnmanagedMemoryStream stream = Bytes(ndFileBytes, ndFileSize, "nd_file_bytes");
        var list = new FloatArrayList(stream);
        *@out = Handles.Add(HandleKind.ArrayList, list);
        *outLength = (uint)list.Count;
    }

    internal static void MXNDListGet(
        nint handle,
        uint index,
        byte** outKey,
        float** outData,
        uint** outShape,
        uint* outNdim
    )
    {
        var list = Handles.Get<FloatArrayList>(handle, HandleKind.ArrayList, nameof(handle));
        Pointers.Require(outKey, "out_key");
        Pointers.Require(outData, "out_data");
        Pointers.Require(outShape, "out_shape");
        Pointers.Require(outNdim, "out_ndim");
        list.Get(index, out *outKey, out *outData, out *outShape, out *outNdim);
    }

    internal static void MXNDListFree(nint handle) => Handles.Remove(handle, HandleKind.ArrayList, nameof(handle));

    /// <summary>Predictors over the same parameters. Shapes of what the model does not have are passed over, as in MXNet.</summary>
    private static void Create(
        byte* symbolJsonStr,
        void* paramBytes,
        int paramSize,
        Dictionary<string, Shape> shapes,
        PredictorOptions options,
        int count,
        nint* @out
    )
    {
        Pointers.Require(@out, nameof(@out));
        Pointers.Span(@out, count, "num_threads");
        if (count < 1)
            throw new EngineException($"'num_threads' is {count}; at least one predictor is made.");
        using var scope = new ArrayScope();
        Symbol symbol = Symbol.FromJson(Text.Read(symbolJsonStr, "symbol_json_str"));
        using UnmanagedMemoryStream stream = Bytes(paramBytes, paramSize, "param_bytes");
        IReadOnlyDictionary<string, NDArray> parameters = NDArray.LoadDictionary(stream, "the parameters");
        HashSet<string> variables = [.. symbol.ListInputs()];
        foreach (string name in shapes.Keys.Where(name => !variables.Contains(name)).ToArray())
        {
            shapes.Remove(name);
        }

        var predictors = new List<Predictor>();
        try
        {
            predictors.Add(Predictor.Create(symbol, parameters, shapes, options));
            while (predictors.Count < count)
            {
                predictors.Add(predictors[0].Share());
            }
        }
        catch
        {
            predictors.ForEach(predictor => predictor.Dispose());
            throw;
        }

        for (int i = 0; i < count; i++)
        {
            @out[i] = Add(predictors[i]);
        }
    }

    private static Dictionary<string, Shape> Shapes(uint count, byte** keys, uint* offsets, uint* extents)
    {
        string[] names = Text.ReadAll(keys, count, "input_keys");
        Shape[] shapes = ShapeLists.Read(extents, offsets, count, "input_shape_indptr");
        var byName = new Dictionary<string, Shape>(StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            if (!byName.TryAdd(names[i], shapes[i]))
                throw new EngineException($"'input_keys' names '{names[i]}' twice.");
        }

        return byName;
    }

    private static nint Add(Predictor predictor) => Handles.Add(HandleKind.Predictor, new PredictorHandle(predictor));

    private static PredictorHandle Get(nint handle) =>
        Handles.Get<PredictorHandle>(handle, HandleKind.Predictor, nameof(handle));

    private static int Index(uint index) => (int)Math.Min(index, int.MaxValue);

    private static Span<float> Floats(float* data, uint size, string argument)
    {
        if (data is null && size > 0)
            throw new EngineException($"'{argument}' is NULL, but has {size} elements.");
        return size <= int.MaxValue
            ? new Span<float>(data, (int)size)
            : throw new EngineException($"'{argument}' cannot have {size} elements.");
    }

    private static UnmanagedMemoryStream Bytes(void* bytes, int size, string argument)
    {
        if (bytes is null || size < 0)
            throw new EngineException(
                $"'{argument}' must be the address of bytes; it is NULL, or their number is {size}."
            );
        return new UnmanagedMemoryStream((byte*)bytes, size);
    }

    private static void Report(
        delegate* unmanaged[Cdecl]<byte*, nint, void*, void> callback,
        void* callbackHandle,
        string name,
        NDArray array
    )
    {
        using var text = new NativeTexts([name]);
        callback(*text.Pointers, Handles.Add(array), callbackHandle);
    }
}
