using CoreEngine.Kernels;
using CsCheck;

namespace CoreEngine.Operators.Tests;

/// <summary>The poolings of regions with channels for each position, against their definitions written out plainly.</summary>
[TestClass]
[DoNotParallelize]
public sealed class PositionSensitiveTests
{
    private const string Rigid = "_contrib_PSROIPooling";
    private const string Deformable = "_contrib_DeformablePSROIPooling";

    [TestMethod]
    public void Means_are_those_of_the_plain_definition() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[0, 4], Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[0, 100_000])
            .Sample(
                c =>
                {
                    (int cells, int groups, int classes, int regions, int seed) = c;
                    int used = groups == 0 ? cells : groups;
                    var call = new Call(classes * used * used, regions, new Random(seed));
                    using var scope = new ArrayScope();
                    string attributes =
                        $"pooled_size={cells} group_size={groups} output_dim={classes} spatial_scale=0.5";
                    NDArray[] inputs = [call.DataArray, call.RegionArray];
                    NDArray actual = Imperative.Invoke(NeuralErrorTests.Bind(Rigid, attributes), inputs)[0];
                    Assert.AreEqual(new Shape(regions, classes, cells, cells), actual.Shape);
                    double[] expected = call.Means(cells, used, classes);
                    AreClose(expected, actual.ToArray<double>(), $"{c}");
                },
                iter: 300
            );

    [TestMethod]
    public void Moved_means_are_those_of_the_plain_definition() =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 3], Gen.Int[0, 4], Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[0, 100_000])
            .Sample(
                c =>
                {
                    (int cells, int groups, int parts, int samples, int movers, int seed) = c;
                    const int Regions = 3;
                    int classes = 2 * movers;
                    int usedParts = parts == 0 ? cells : parts;
                    var random = new Random(seed);
                    var call = new Call((classes * groups * groups) + (seed % 2), Regions, random);
                    double[] offsets = Draw(random, Regions * 2 * movers * usedParts * usedParts);
                    using var scope = new ArrayScope();
                    bool moves = seed % 3 != 0;
                    string attributes =
                        $"pooled_size={cells} group_size={groups} output_dim={classes} spatial_scale=0.5 "
                        + $"part_size={parts} sample_per_part={samples} trans_std=0.25 no_trans={!moves}";
                    NDArray[] inputs = [call.DataArray, call.RegionArray];
                    if (moves)
                        inputs =
                        [
                            .. inputs,
                            NDArray.From(offsets, new Shape(Regions, 2 * movers, usedParts, usedParts)),
                        ];
                    NDArray[] actual = Imperative.Invoke(NeuralErrorTests.Bind(Deformable, attributes), inputs);
                    Assert.HasCount(1, actual);
                    Assert.AreEqual(new Shape(Regions, classes, cells, cells), actual[0].Shape);
                    double[] expected = call.MovedMeans(
                        cells,
                        groups,
                        classes,
                        usedParts,
                        samples,
                        moves ? movers : 0,
                        offsets
                    );
                    AreClose(expected, actual[0].ToArray<double>(), $"{c}");
                },
                iter: 300
            );

    [TestMethod]
    public void Regions_and_offsets_that_are_no_numbers_do_no_harm()
    {
        using var scope = new ArrayScope();
        NDArray data = NDArray.Full(new Shape(1, 4, 4, 4), 5, DType.Float32);
        float[] wild =
        [
            .. new[] { 0f, 0, 0, 3, 3 },
            .. new[] { -1f, 0, 0, 3, 3 },
            .. new[] { float.NaN, 0, 0, 3, 3 },
            .. new[] { 0, float.NaN, 0, float.PositiveInfinity, 3 },
            .. new[] { 0, -1e30f, -1e30f, 1e30f, 1e30f },
            .. new[] { 0, 9f, 9, 12, 12 },
        ];
        NDArray regions = NDArray.From(wild, new Shape(6, 5));
        NDArray offsets = NDArray.From([.. Enumerable.Repeat(float.NaN, 48)], new Shape(6, 2, 2, 2));
        data.AttachGradient();
        offsets.AttachGradient();
        NDArray rigid;
        NDArray moved;
        using (Autograd.Record())
        {
            BoundOperator op = NeuralErrorTests.Bind(Rigid, "pooled_size=2 output_dim=1 spatial_scale=1");
            rigid = Imperative.Invoke(op, [data, regions])[0];
            op = NeuralErrorTests.Bind(
                Deformable,
                "pooled_size=2 group_size=2 output_dim=1 spatial_scale=1 trans_std=1 sample_per_part=2"
            );
            moved = Imperative.Invoke(op, [data, regions, offsets])[0];
        }

        Autograd.Backward([rigid, moved]);
        float[] means = rigid.ToArray<float>();
        CollectionAssert.AreEqual(new float[] { 5, 5, 5, 5 }, means[..4]);
        CollectionAssert.AreEqual(new float[] { 0, 0, 0, 5 }, means[16..20]);
        Assert.IsTrue(means[4..16].Concat(means[20..]).All(mean => mean == 0), string.Join(' ', means));
        Assert.IsTrue(moved.ToArray<float>().All(mean => mean == 0));
        Assert.IsTrue(offsets.Gradient!.ToArray<float>().All(g => g == 0));
        Assert.AreEqual(5, data.Gradient!.ToArray<float>().Sum(), 1e-5);
    }

    [TestMethod]
    [DataRow(Rigid, "pooled_size=2 output_dim=2", "spatial_scale")]
    [DataRow(Rigid, "pooled_size=2 output_dim=2 spatial_scale=1.5", "spatial_scale")]
    [DataRow(Rigid, "pooled_size=0 output_dim=2 spatial_scale=1", "pooled_size")]
    [DataRow(Rigid, "pooled_size=2 output_dim=0 spatial_scale=1", "output_dim")]
    [DataRow(Rigid, "pooled_size=2 output_dim=1 spatial_scale=1 group_size=-1", "group_size")]
    [DataRow(Deformable, "pooled_size=2 output_dim=2 spatial_scale=1", "group_size")]
    [DataRow(
        Deformable,
        "pooled_size=2 output_dim=2 spatial_scale=1 group_size=1 sample_per_part=0",
        "sample_per_part"
    )]
    [DataRow(
        Deformable,
        "pooled_size=2 output_dim=2 spatial_scale=1 group_size=1 sample_per_part=999",
        "sample_per_part"
    )]
    [DataRow(Deformable, "pooled_size=2 output_dim=2 spatial_scale=1 group_size=1 part_size=-1", "part_size")]
    [DataRow(Deformable, "pooled_size=2 output_dim=2 spatial_scale=1 group_size=1 trans_std=2", "trans_std")]
    public void Wrong_attributes_are_named(string name, string attributes, string attribute)
    {
        AttributeException error = Assert.ThrowsExactly<AttributeException>(() =>
            NeuralErrorTests.Bind(name, attributes)
        );
        Assert.AreEqual(attribute, error.Attribute);
    }

    [TestMethod]
    [DataRow(Rigid, "", "1,7,4,4;3,5", "8 channels")]
    [DataRow(Rigid, "", "1,8,4;3,5", "(samples, channels, height, width)")]
    [DataRow(Rigid, "", "1,8,4,4;3,4", "(regions, 5)")]
    [DataRow(Deformable, "group_size=2", "1,7,4,4;3,5;3,2,2,2", "8 channels")]
    [DataRow(Deformable, "group_size=2", "1,8,4,4;3,5;3,3,2,2", "two channels")]
    [DataRow(Deformable, "group_size=2", "1,8,4,4;3,5;3,6,2,2", "two channels")]
    [DataRow(Deformable, "group_size=2", "1,8,4,4;3,5;2,2,2,2", "trans")]
    [DataRow(Deformable, "group_size=2 part_size=3", "1,8,4,4;3,5;3,2,2,2", "trans")]
    public void Wrong_shapes_are_explained(string name, string attributes, string inputs, string says)
    {
        using var scope = new ArrayScope();
        NDArray[] arrays =
        [
            .. inputs.Split(';').Select(text => NDArray.Zeros(new Shape([.. text.Split(',').Select(long.Parse)]))),
        ];
        Exception error = Assert.ThrowsExactly<ShapeMismatchException>(() =>
            Imperative.Invoke(
                NeuralErrorTests.Bind(name, "pooled_size=2 output_dim=2 spatial_scale=1 " + attributes),
                arrays
            )
        );
        StringAssert.Contains(error.Message, name);
        StringAssert.Contains(error.Message, says);
    }

    private static double[] Draw(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() * 2) - 1)];

    private static void AreClose(double[] expected, double[] actual, string what)
    {
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], 1e-10, $"{what} {i}");
        }
    }

    /// <summary>Two images of 7 x 6 pixels with regions, and what the definitions make of them at a scale of 0.5.</summary>
    private sealed class Call
    {
        private const int Images = 2;
        private const int Height = 7;
        private const int Width = 6;
        private const double Scale = 0.5;

        private readonly int _channels;
        private readonly double[] _data;
        private readonly double[][] _regions;

        internal Call(int channels, int regions, Random random)
        {
            _channels = channels;
            _data = Draw(random, Images * channels * Height * Width);
            _regions =
            [
                .. Enumerable
                    .Range(0, regions)
                    .Select(_ =>
                        new double[]
                        {
                            random.Next(Images),
                            random.Next(-6, 12) + random.NextDouble(),
                            random.Next(-6, 12) + random.NextDouble(),
                            random.Next(-2, 18) + random.NextDouble(),
                            random.Next(-2, 18) + random.NextDouble(),
                        }
                    ),
            ];
        }

        internal NDArray DataArray => NDArray.From(_data, new Shape(Images, _channels, Height, Width));

        internal NDArray RegionArray => NDArray.From([.. _regions.SelectMany(r => r)], new Shape(_regions.Length, 5));

        internal double[] Means(int cells, int groups, int classes)
        {
            var means = new List<double>();
            foreach (double[] region in _regions)
                for (int kind = 0; kind < classes; kind++)
                for (int row = 0; row < cells; row++)
                for (int column = 0; column < cells; column++)
                {
                    (double left, double wide) = Along(region[1], region[3], shift: 0);
                    (double top, double high) = Along(region[2], region[4], shift: 0);
                    int[] xs = Pixels(left, wide, column, cells, Width);
                    int[] ys = Pixels(top, high, row, cells, Height);
                    int channel = Channel(kind, row, column, cells, groups);
                    IEnumerable<double> pixels = ys.SelectMany(y => xs.Select(x => At((int)region[0], channel, y, x)));
                    means.Add(pixels.DefaultIfEmpty(0).Average());
                }

            return [.. means];
        }

        internal double[] MovedMeans(
            int cells,
            int groups,
            int classes,
            int parts,
            int samples,
            int movers,
            double[] offsets
        )
        {
            var means = new List<double>();
            for (int i = 0; i < _regions.Length; i++)
            for (int kind = 0; kind < classes; kind++)
            for (int row = 0; row < cells; row++)
            for (int column = 0; column < cells; column++)
            {
                double[] region = _regions[i];
                (double left, double wide) = Along(region[1], region[3], shift: 0.5);
                (double top, double high) = Along(region[2], region[4], shift: 0.5);
                left += wide / cells * column;
                top += high / cells * row;
                if (movers > 0)
                {
                    int set = (i * movers) + (kind / (classes / movers));
                    int part = ((row * parts / cells) * parts) + (column * parts / cells);
                    left += offsets[(2 * set * parts * parts) + part] * 0.25 * wide;
                    top += offsets[(((2 * set) + 1) * parts * parts) + part] * 0.25 * high;
                }

                var values = new List<double>();
                for (int sample = 0; sample < samples * samples; sample++)
                {
                    double y = top + (high / cells / samples * (sample / samples));
                    double x = left + (wide / cells / samples * (sample % samples));
                    if (x >= -0.5 && x <= Width - 0.5 && y >= -0.5 && y <= Height - 0.5)
                        values.Add(Between((int)region[0], Channel(kind, row, column, cells, groups), y, x));
                }

                means.Add(values.DefaultIfEmpty(0).Average());
            }

            return [.. means];
        }

        private static int Channel(int kind, int row, int column, int cells, int groups) =>
            (((kind * groups) + (row * groups / cells)) * groups) + (column * groups / cells);

        private static (double Start, double Size) Along(double first, double last, double shift)
        {
            double start = (Math.Round(first, MidpointRounding.AwayFromZero) * Scale) - shift;
            double end = ((Math.Round(last, MidpointRounding.AwayFromZero) + 1) * Scale) - shift;
            return (start, Math.Max(end - start, 0.1));
        }

        private static int[] Pixels(double start, double size, int cell, int cells, int extent)
        {
            double first = Math.Floor((cell * (size / cells)) + start);
            double last = Math.Ceiling(((cell + 1) * (size / cells)) + start);
            return [.. Enumerable.Range(0, extent).Where(x => x >= first && x < last)];
        }

        private double Between(int image, int channel, double y, double x)
        {
            (y, x) = (Math.Clamp(y, 0, Height - 1), Math.Clamp(x, 0, Width - 1));
            double sum = 0;
            for (int row = 0; row < Height; row++)
            for (int column = 0; column < Width; column++)
            {
                double weight = Math.Max(0, 1 - Math.Abs(y - row)) * Math.Max(0, 1 - Math.Abs(x - column));
                sum += weight * At(image, channel, row, column);
            }

            return sum;
        }

        private double At(int image, int channel, int y, int x) =>
            _data[(((((image * _channels) + channel) * Height) + y) * Width) + x];
    }
}
