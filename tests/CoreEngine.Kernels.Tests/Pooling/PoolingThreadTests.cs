namespace CoreEngine.Kernels.Tests;

/// <summary>Loops over whole registers write beyond a row's end: never beyond the planes of their thread, nor the array.</summary>
[TestClass]
public sealed unsafe class PoolingThreadTests
{
    private static readonly PoolingShape[] s_shapes =
    [
        new(37, new(1, 29, 31), new(1, 3, 3), new(1, 2, 2), new(0, 1, 1), false),
        new(61, new(1, 14, 14), new(1, 2, 2), new(1, 2, 2), default, false),
        new(53, new(1, 14, 13), new(1, 3, 3), new(1, 1, 1), new(0, 1, 1), false),
        new(31, new(1, 27, 27), new(1, 3, 3), new(1, 2, 2), default, false),
        PoolingShape.Global(501, new(1, 7, 7)),
    ];

    [TestMethod]
    public void TheNumberOfThreadsChangesNoBit()
    {
        KernelTeam before = KernelTeam.Default;
        foreach (PoolingShape shape in s_shapes)
        {
            foreach (PoolingKind kind in Enum.GetValues<PoolingKind>())
            {
                using var x = Filled(1, shape.Planes * shape.In.Product);
                using var dy = Filled(2, shape.Planes * shape.Out.Product);
                byte[]? expected = null;
                foreach (int threads in (int[])[1, 2, 3])
                {
                    using var y = new Native(DType.Float32, dy.Count);
                    using var dx = new Native(DType.Float32, x.Count, misalignment: 1);
                    using var team = new KernelTeam(threads);
                    KernelTeam.Default = team;
                    Pooling.Forward(DType.Float32, kind, shape, x.Pointer, y.Pointer, false);
                    Pooling.Backward(DType.Float32, kind, shape, x.Pointer, dy.Pointer, dx.Pointer, false);
                    KernelTeam.Default = before;
                    byte[] all = [.. y.Bytes, .. dx.Bytes];
                    expected ??= all;
                    CollectionAssert.AreEqual(expected, all, $"{kind} {shape} on {threads} threads");
                }
            }
        }
    }

    private static Native Filled(int seed, long count)
    {
        var random = new Random(seed);
        return Native.Of(DType.Float32, [.. Enumerable.Range(0, (int)count).Select(_ => random.NextDouble() - 0.5)]);
    }
}
