using CoreEngine.Kernels;

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
    /// LSTM layers over (steps, batch, inputs) with zero initial states; inputs and results of a layer must be of one size
    /// when there are more layers. The result is (steps, batch, directions * units).
    /// </summary>
    /// <param name="shape">The geometry.</param>
    /// <param name="x">Data.</param>
    /// <param name="parameters">Weights and biases as <see cref="RecurrentShape"/> orders them.</param>
    public static OneDnnPrimitive Lstm(in RecurrentShape shape, float* x, float* parameters)
    {
        const int Gates = 4;
        const int LeftToRight = 0;
        const int BothConcatenated = 2;
        (long layers, long directions) = (shape.Layers, shape.Directions);
        (long inputs, long units) = (shape.Inputs, shape.Units);
        long block = Gates * units * (inputs + units);
        ReadOnlySpan<long> weightExtents = [layers, directions, inputs, Gates, units];
        ReadOnlySpan<long> recurrentExtents = [layers, directions, units, Gates, units];
        OneDnnShape plainX = OneDnnShape.Plain(shape.Steps, shape.Batch, inputs);
        OneDnnShape plainY = OneDnnShape.Plain(shape.Steps, shape.Batch, directions * units);
        OneDnnShape plainState = OneDnnShape.Plain(layers, directions, shape.Batch, units);
        OneDnnShape plainBias = OneDnnShape.Plain(layers, directions, Gates, units);
        OneDnnShape weights = OneDnnShape.Strided(
            weightExtents,
            [directions * block, block, 1, units * inputs, inputs]
        );
        OneDnnShape recurrent = OneDnnShape.Strided(
            recurrentExtents,
            [directions * block, block, 1, units * units, units]
        );
        OneDnnShape anyWeights = OneDnnShape.Any(weightExtents);
        OneDnnShape anyRecurrent = OneDnnShape.Any(recurrentExtents);
        Descriptor operation = new();
        int status = OneDnnNative.LstmForward(
            operation.Data,
            OneDnnNative.ForwardInference,
            directions == 2 ? BothConcatenated : LeftToRight,
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

        // It has one bias: ours are added.
        long size = Gates * units;
        float[] bias = new float[layers * directions * size];
        float* both = parameters + (layers * directions * block);
        for (int i = 0; i < bias.Length; i++)
        {
            long first = (i / size * 2 * size) + (i % size);
            bias[i] = both[first] + both[first + size];
        }

        // Packed weights can only be made from dense ones.
        fixed (
            float* summed = bias,
                dense = Dense(weights, weightExtents, parameters),
                denseRecurrent = Dense(recurrent, recurrentExtents, parameters + (Gates * units * inputs))
        )
        {
            return new OneDnnPrimitive(
                Describe(operation, status),
                null,
                new(OneDnnArg.Source, plainX, x),
                new(OneDnnArg.SourceState, plainState),
                new(OneDnnArg.SourceCell, plainState),
                new(OneDnnArg.Weights, OneDnnShape.Plain(weightExtents), dense),
                new(OneDnnArg.RecurrentWeights, OneDnnShape.Plain(recurrentExtents), denseRecurrent),
                new(OneDnnArg.Bias, plainBias, summed),
                new(OneDnnArg.Result, plainY),
                new(OneDnnArg.ResultState, plainState),
                new(OneDnnArg.ResultCell, plainState)
            );
        }
    }

    private static float[] Dense(OneDnnShape shape, ReadOnlySpan<long> extents, float* data)
    {
        OneDnnShape plain = OneDnnShape.Plain(extents);
        float[] dense = new float[plain.Bytes / sizeof(float)];
        fixed (float* target = dense)
        {
            nint from = Wrap(shape, data);
            nint to = Wrap(plain, target);
            Reorder(from, shape, to, plain);
            _ = OneDnnNative.MemoryDestroy(from);
            _ = OneDnnNative.MemoryDestroy(to);
        }

        return dense;
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
