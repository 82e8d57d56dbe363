using CsCheck;

namespace CoreEngine.Kernels.Tests;

[TestClass]
[DoNotParallelize]
public sealed unsafe class RowUpdatesTests
{
    /// <summary>Weight and state store all rows, or only those of the gradient and a few more.</summary>
    [TestMethod]
    public void Rows_AreUpdatedAsDenseOnesAre_OthersStay() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 70], Gen.Bool, Gen.Int[0, 1000])
            .Sample(
                (rows, length, isWhole, seed) =>
                {
                    var rule = new NesterovRule
                    {
                        LearningRate = 0.1f,
                        Momentum = 0.9f,
                        WeightDecay = 0.01f,
                        Gradient = new GradientScaling { Rescale = 1, Clip = -1 },
                    };
                    using SparseOperand gradient = SparseOperand.RandomRowSparse(DType.Float32, rows, length, seed);
                    long[] stored =
                    [
                        .. Enumerable
                            .Range(0, rows)
                            .Select(row => (long)row)
                            .Where(row => isWhole || row % 3 == 0 || IsStored(gradient.RowSparse, row)),
                    ];
                    int count = stored.Length * length;
                    using Native indices = Native.Of(DType.Int64, [.. stored.Select(row => (double)row)]);
                    using Native weight = Native.Of(DType.Float32, Values.Random(seed + 1, DType.Float32, count));
                    using Native momentum = Native.Of(DType.Float32, Values.Random(seed + 2, DType.Float32, count));
                    using Native expectedWeight = Native.Of(DType.Float32, weight.ToArray());
                    using Native expectedMomentum = Native.Of(DType.Float32, momentum.ToArray());
                    for (int i = 0; i < stored.Length; i++)
                    {
                        if (!IsStored(gradient.RowSparse, stored[i]))
                            continue;
                        int start = (int)stored[i] * length;
                        using Native row = Native.Of(DType.Float32, gradient.Dense.AsSpan(start, length));
                        float* w = (float*)expectedWeight.Pointer + (i * length);
                        float* m = (float*)expectedMomentum.Pointer + (i * length);
                        Updates.Run(rule, DType.Float32, w, row.Pointer, m, null, null, w, length);
                    }

                    RowUpdates.Run(
                        rule,
                        gradient.RowSparse,
                        Matrix(weight, indices, rows, length),
                        Matrix(momentum, indices, rows, length),
                        default,
                        default
                    );
                    CollectionAssert.AreEqual(expectedWeight.ToArray(), weight.ToArray());
                    CollectionAssert.AreEqual(expectedMomentum.ToArray(), momentum.ToArray());
                },
                iter: 200
            );

    private static RowSparseMatrix Matrix(Native values, Native indices, int rows, int length) =>
        new(values.DType, rows, length, indices.Count) { Values = values.Pointer, Indices = (long*)indices.Pointer };

    private static bool IsStored(RowSparseMatrix matrix, long row) =>
        new ReadOnlySpan<long>(matrix.Indices, (int)matrix.Stored).Contains(row);
}
