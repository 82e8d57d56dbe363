namespace CoreEngine.Kernels.Tests;

/// <summary>Samples and their gradients against the definition in float64, places at and beyond the border included.</summary>
[TestClass]
[DoNotParallelize]
public sealed unsafe class BilinearSamplingTests
{
    /// <summary>Images smaller and larger than a tile of places; one pixel wide and high, too.</summary>
    private static readonly BilinearSampling[] s_sizes =
    [
        new(2, 3, 5, 7, 4, 6),
        new(3, 2, 9, 8, 17, 31),
        new(1, 5, 1, 6, 3, 3),
        new(2, 1, 6, 1, 20, 20),
    ];

    [TestMethod]
    [DataRow(DType.Float32, false)]
    [DataRow(DType.Float32, true)]
    [DataRow(DType.Float64, false)]
    [DataRow(DType.Float64, true)]
    public void Samples_AreTheWeightedPixels(DType dtype, bool accumulate)
    {
        foreach (BilinearSampling sizes in s_sizes)
        {
            long results = sizes.Batch * sizes.Channels * sizes.OutHeight * sizes.OutWidth;
            double[] before = Values.Random(3, dtype, results);
            using Native data = Data(sizes, dtype);
            using Native grid = Grid(sizes, dtype);
            using Native y = Native.Of(dtype, before, 1);
            sizes.Forward(dtype, data.Pointer, grid.Pointer, y.Pointer, accumulate);
            double[] expected = new double[results];
            EachPlace(
                sizes,
                grid,
                (plane, place, corners) => expected[place] = corners.Sum(c => c.Weight * data[plane + c.Pixel])
            );
            AreClose(expected, before, accumulate, y);
        }
    }

    [TestMethod]
    [DataRow(DType.Float32, false)]
    [DataRow(DType.Float64, true)]
    public void DataGradient_GoesToThePixelsThatWereRead(DType dtype, bool accumulate)
    {
        foreach (BilinearSampling sizes in s_sizes)
        {
            long pixels = sizes.Batch * sizes.Channels * sizes.Height * sizes.Width;
            double[] before = Values.Random(3, dtype, pixels);
            using Native g = Results(sizes, dtype);
            using Native grid = Grid(sizes, dtype);
            using Native dx = Native.Of(dtype, before, 2);
            sizes.BackwardData(dtype, g.Pointer, grid.Pointer, dx.Pointer, accumulate);
            double[] expected = new double[pixels];
            EachPlace(
                sizes,
                grid,
                (plane, place, corners) =>
                {
                    foreach ((long pixel, double weight, _, _) in corners)
                    {
                        expected[plane + pixel] += weight * g[place];
                    }
                }
            );
            AreClose(expected, before, accumulate, dx);
        }
    }

    [TestMethod]
    [DataRow(DType.Float32, false)]
    [DataRow(DType.Float64, true)]
    public void GridGradient_IsTheSlopeOfTheSamples(DType dtype, bool accumulate)
    {
        foreach (BilinearSampling sizes in s_sizes)
        {
            long places = sizes.OutHeight * sizes.OutWidth;
            double[] before = Values.Random(3, dtype, sizes.Batch * 2 * places);
            using Native data = Data(sizes, dtype);
            using Native g = Results(sizes, dtype);
            using Native grid = Grid(sizes, dtype);
            using Native dgrid = Native.Of(dtype, before, 2);
            sizes.BackwardGrid(dtype, g.Pointer, data.Pointer, grid.Pointer, dgrid.Pointer, accumulate);
            double[] expected = new double[before.Length];
            EachPlace(
                sizes,
                grid,
                (plane, place, corners) =>
                {
                    long image = place / places / sizes.Channels;
                    long x = (image * 2 * places) + (place % places);
                    foreach ((long pixel, _, double alongX, double alongY) in corners)
                    {
                        double value = g[place] * data[plane + pixel];
                        expected[x] += value * alongX * (sizes.Width - 1) / 2;
                        expected[x + places] += value * alongY * (sizes.Height - 1) / 2;
                    }
                }
            );
            AreClose(expected, before, accumulate, dgrid);
        }
    }

    [TestMethod]
    public void APlaceThatIsNoNumber_GivesNone_AndPixelsThatAreNone_StayWhereTheyAre()
    {
        var sizes = new BilinearSampling(1, 1, 3, 3, 1, 3);
        using Native data = Native.Of(DType.Float32, [double.NaN, 1, 2, 3, 4, 5, 6, 7, 8]);
        // Nowhere, far outside, and between the lower right pixels.
        using Native grid = Native.Of(DType.Float32, [double.NaN, 5, 0.5, 0, 0, 0.5]);
        using var y = new Native(DType.Float32, 3);
        sizes.Forward(DType.Float32, data.Pointer, grid.Pointer, y.Pointer, accumulate: false);
        Assert.IsTrue(double.IsNaN(y[0]));
        Assert.AreEqual(0, y[1]);
        Assert.AreEqual(6, y[2]);
    }

    [TestMethod]
    public void Results_DoNotDependOnTheThreads()
    {
        BilinearSampling sizes = s_sizes[1];
        KernelTeam before = KernelTeam.Default;
        try
        {
            byte[][] results = [.. new[] { 1, 2, 5 }.Select(count => RunWith(count, sizes))];
            CollectionAssert.AreEqual(results[0], results[1]);
            CollectionAssert.AreEqual(results[0], results[2]);
        }
        finally
        {
            KernelTeam.Default = before;
        }
    }

    private static byte[] RunWith(int threads, BilinearSampling sizes)
    {
        using var team = new KernelTeam(threads);
        KernelTeam.Default = team;
        const DType Type = DType.Float32;
        using Native data = Data(sizes, Type);
        using Native g = Results(sizes, Type);
        using Native grid = Grid(sizes, Type);
        using Native y = Results(sizes, Type);
        using Native dx = Data(sizes, Type);
        using Native dgrid = Grid(sizes, Type);
        sizes.Forward(Type, data.Pointer, grid.Pointer, y.Pointer, accumulate: false);
        sizes.BackwardData(Type, g.Pointer, grid.Pointer, dx.Pointer, accumulate: false);
        sizes.BackwardGrid(Type, g.Pointer, data.Pointer, grid.Pointer, dgrid.Pointer, accumulate: false);
        return [.. y.Bytes, .. dx.Bytes, .. dgrid.Bytes];
    }

    private static Native Data(BilinearSampling sizes, DType dtype) =>
        Native.Of(dtype, Values.Random(1, dtype, sizes.Batch * sizes.Channels * sizes.Height * sizes.Width));

    private static Native Results(BilinearSampling sizes, DType dtype) =>
        Native.Of(dtype, Values.Random(2, dtype, sizes.Batch * sizes.Channels * sizes.OutHeight * sizes.OutWidth), 3);

    /// <summary>Places inside, at the border (1 and -1 exactly), across it, and far outside.</summary>
    private static Native Grid(BilinearSampling sizes, DType dtype)
    {
        var random = new Random(7);
        double[] special = [1, -1, 1.05, -1.05, 3, -3, 0];
        double[] values = new double[sizes.Batch * 2 * sizes.OutHeight * sizes.OutWidth];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = random.Next(3) == 0 ? special[random.Next(special.Length)] : (random.NextDouble() * 2) - 1;
        }

        return Native.Of(dtype, values);
    }

    /// <summary>Calls for each plane and place with the pixels around it: weights, and how they change along x and y.</summary>
    private static void EachPlace(
        BilinearSampling sizes,
        Native grid,
        Action<long, long, List<(long Pixel, double Weight, double AlongX, double AlongY)>> action
    )
    {
        long places = sizes.OutHeight * sizes.OutWidth;
        for (long plane = 0; plane < sizes.Batch * sizes.Channels; plane++)
        {
            for (long i = 0; i < places; i++)
            {
                long at = (plane / sizes.Channels * 2 * places) + i;
                double x = (grid[at] + 1) * (sizes.Width - 1) / 2;
                double y = (grid[at + places] + 1) * (sizes.Height - 1) / 2;
                if (grid.DType == DType.Float32)
                {
                    // The pixel next to a place is what float32 says.
                    x = ((float)grid[at] + 1) * (sizes.Width - 1) / 2;
                    y = ((float)grid[at + places] + 1) * (sizes.Height - 1) / 2;
                }

                List<(long, double, double, double)> corners = [];
                foreach ((int right, int lower) in ((int, int)[])[(0, 0), (1, 0), (0, 1), (1, 1)])
                {
                    (double column, double row) = (Math.Floor(x) + right, Math.Floor(y) + lower);
                    if (column < 0 || row < 0 || column >= sizes.Width || row >= sizes.Height)
                        continue;
                    double nearX = 1 - Math.Abs(x - column);
                    double nearY = 1 - Math.Abs(y - row);
                    corners.Add(
                        (
                            ((long)row * sizes.Width) + (long)column,
                            nearX * nearY,
                            (right == 1 ? 1 : -1) * nearY,
                            (lower == 1 ? 1 : -1) * nearX
                        )
                    );
                }

                action(plane * sizes.Height * sizes.Width, (plane * places) + i, corners);
            }
        }
    }

    private static void AreClose(double[] expected, double[] before, bool accumulate, Native actual)
    {
        double tolerance = actual.DType == DType.Float64 ? 1e-12 : 2e-5;
        for (int i = 0; i < expected.Length; i++)
        {
            double wanted = expected[i] + (accumulate ? before[i] : 0);
            Values.AreClose(wanted, actual[i], tolerance * (1 + Math.Abs(wanted)), $"element {i}");
        }
    }
}
