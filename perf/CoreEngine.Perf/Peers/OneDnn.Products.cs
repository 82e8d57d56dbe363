namespace CoreEngine.Perf;

internal static unsafe partial class OneDnn
{
    /// <summary>C = op(A) op(B), once or for each of a batch of dense row-major matrices; the result is C.</summary>
    public static OneDnnPrimitive Matmul(
        long batch,
        bool transA,
        bool transB,
        long m,
        long n,
        long k,
        float* a,
        float* b
    )
    {
        OneDnnShape shapeA = Matrices(batch, m, k, transA);
        OneDnnShape shapeB = Matrices(batch, k, n, transB);
        OneDnnShape shapeC = Matrices(batch, m, n, false);
        Descriptor operation = new();
        int status = OneDnnNative.Matmul(operation.Data, &shapeA, &shapeB, null, &shapeC);
        return new OneDnnPrimitive(
            Describe(operation, status),
            null,
            new(OneDnnArg.Source, shapeA, a),
            new(OneDnnArg.Weights, shapeB, b),
            new(OneDnnArg.Result, shapeC)
        );
    }

    /// <summary>
    /// An LSTM over (steps, batch, inputs) with zero initial states, gates in oneDNN's order (input, forget, candidate,
    /// output); weights (layers, directions, inputs, 4, units). Inputs and units must agree when there are more layers.
    /// </summary>
    /// <remarks>The result is (steps, batch, directions * units).</remarks>
    public static OneDnnPrimitive Lstm(
        long steps,
        long batch,
        long inputs,
        long units,
        long layers,
        bool bidirectional,
        float* x,
        float* weights,
        float* recurrentWeights,
        float* bias
    )
    {
        const int LeftToRight = 0;
        const int BothConcatenated = 2;
        long directions = bidirectional ? 2 : 1;
        OneDnnShape plainX = OneDnnShape.Plain(steps, batch, inputs);
        OneDnnShape plainState = OneDnnShape.Plain(layers, directions, batch, units);
        OneDnnShape plainWeights = OneDnnShape.Plain(layers, directions, inputs, 4, units);
        OneDnnShape plainRecurrent = OneDnnShape.Plain(layers, directions, units, 4, units);
        OneDnnShape plainBias = OneDnnShape.Plain(layers, directions, 4, units);
        OneDnnShape plainY = OneDnnShape.Plain(steps, batch, directions * units);
        OneDnnShape anyWeights = OneDnnShape.Any(layers, directions, inputs, 4, units);
        OneDnnShape anyRecurrent = OneDnnShape.Any(layers, directions, units, 4, units);
        Descriptor operation = new();
        int status = OneDnnNative.LstmForward(
            operation.Data,
            OneDnnNative.ForwardInference,
            bidirectional ? BothConcatenated : LeftToRight,
            &plainX,
            &plainState,
            &plainState,
            &anyWeights,
            &anyRecurrent,
            &plainBias,
            &plainY,
            &plainState,
            &plainState,
            0
        );
        return new OneDnnPrimitive(
            Describe(operation, status),
            null,
            new(OneDnnArg.Source, plainX, x),
            new(OneDnnArg.SourceState, plainState),
            new(OneDnnArg.SourceCell, plainState),
            new(OneDnnArg.Weights, plainWeights, weights),
            new(OneDnnArg.RecurrentWeights, plainRecurrent, recurrentWeights),
            new(OneDnnArg.Bias, plainBias, bias),
            new(OneDnnArg.Result, plainY),
            new(OneDnnArg.ResultState, plainState),
            new(OneDnnArg.ResultCell, plainState)
        );
    }

    // A matrix of a batch, or its transposition read in place.
    private static OneDnnShape Matrices(long batch, long rows, long columns, bool transposed)
    {
        long lead = transposed ? rows : columns;
        (long down, long right) = transposed ? (1L, lead) : (lead, 1L);
        return batch == 1
            ? OneDnnShape.Strided([rows, columns], [down, right])
            : OneDnnShape.Strided([batch, rows, columns], [rows * columns, down, right]);
    }
}
