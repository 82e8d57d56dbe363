namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class LocalResponseTests
{
    [TestMethod]
    [DataRow(DType.Float32, 4e-6)]
    [DataRow(DType.Float64, 1e-12)]
    public void BothPassesAgreeWithTheDefinition(DType dtype, double bound)
    {
        LocalResponse[] kernels =
        [
            new(2, 7, 33, 5, 0.5, 0.75, 2),
            new(1, 5, 1, 4, 1, 0.5, 1),
            new(3, 3, 640, 9, 0.1, 0.75, 1),
            new(1, 1, 12, 1, 0.3, 1.25, 2),
        ];
        foreach (LocalResponse kernel in kernels)
        {
            foreach (bool accumulate in (bool[])[false, true])
            {
                long size = kernel.Batch * kernel.Channels * kernel.Inner;
                using var x = Operand.Random(new Random(1), dtype, size, 3);
                using var dy = Operand.Random(new Random(2), dtype, size, 1);
                using var y = Operand.Random(new Random(3), dtype, size, 1);
                using var dx = Operand.Random(new Random(4), dtype, size, 1);
                using var norm = new Operand(dtype, size);
                double[] result = accumulate ? y.ToArray() : new double[size];
                double[] gradient = accumulate ? dx.ToArray() : new double[size];
                Reference(kernel, x, dy, result, gradient);
                kernel.Forward(dtype, x.Data, norm.Data, y.Data, accumulate);
                kernel.Backward(dtype, dy.Data, x.Data, norm.Data, dx.Data, accumulate);
                for (int i = 0; i < size; i++)
                {
                    Assert.AreEqual(result[i], y[i], bound * Math.Max(1, Math.Abs(result[i])), $"{kernel} at {i}");
                    Assert.AreEqual(gradient[i], dx[i], bound * 4, $"gradient {kernel} at {i}");
                }
            }
        }
    }

    private static void Reference(LocalResponse k, Operand x, Operand dy, double[] y, double[] dx)
    {
        double weight = k.Alpha / k.Window;
        for (long n = 0; n < k.Batch; n++)
        for (long j = 0; j < k.Inner; j++)
        {
            long At(long c) => (((n * k.Channels) + c) * k.Inner) + j;
            double[] norms = new double[k.Channels];
            for (long c = 0; c < k.Channels; c++)
            {
                norms[c] = k.Offset;
                for (long o = Low(c); o <= High(c); o++)
                {
                    norms[c] += weight * x[At(o)] * x[At(o)];
                }

                y[At(c)] += x[At(c)] * Math.Pow(norms[c], -k.Beta);
                dx[At(c)] += dy[At(c)] * Math.Pow(norms[c], -k.Beta);
            }

            for (long c = 0; c < k.Channels; c++)
            for (long o = Low(c); o <= High(c); o++)
            {
                double through = dy[At(c)] * x[At(c)] * Math.Pow(norms[c], -k.Beta - 1);
                dx[At(o)] -= 2 * weight * k.Beta * x[At(o)] * through;
            }
        }

        long Low(long c) => Math.Max(0, c - (k.Window / 2));
        long High(long c) => Math.Min(k.Channels - 1, c - (k.Window / 2) + k.Window - 1);
    }
}
