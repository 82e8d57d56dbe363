using System.Numerics.Tensors;
using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>
/// Element-wise operators, broadcasting, whole-array reductions, conversions and optimizer updates against
/// TensorPrimitives, on arrays that fit each cache and on such that fit none. TensorPrimitives has one thread; with two on
/// our side only arrays that are worth dividing are measured.
/// </summary>
public sealed unsafe class ElementwiseBench : IBenchSet
{
    private const string Peer = "TensorPrimitives";

    private const int SharedFrom = 100_000;

    private static readonly (string Name, int Length)[] s_sizes =
    [
        ("L1", 2_000),
        ("L2", 30_000),
        ("L3", 800_000),
        ("DRAM", 16_000_000),
    ];

    private delegate void UnaryPeer(ReadOnlySpan<float> x, Span<float> y);

    private delegate void BinaryPeer(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y);

    /// <inheritdoc/>
    public string Name => "elementwise";

    /// <inheritdoc/>
    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        foreach ((string size, int length) in s_sizes)
        {
            if (options.Quick && size == "DRAM")
                continue;
            using var arrays = new ElementwiseArrays(length);
            foreach (Case @case in Cases(arrays))
            {
                string title = $"{@case.Name} {size}";
                if (!options.Wants(Name, title))
                    continue;
                foreach (int threads in options.ThreadCounts.Where(threads => threads == 1 || length > SharedFrom))
                {
                    using var team = new KernelThreads(threads);
                    yield return Measure(options, title, threads, length, @case);
                }
            }
        }
    }

    private BenchRow Measure(BenchOptions options, string title, int threads, int length, Case @case)
    {
        Paired.Result result = Paired.Measure(@case.Ours, @case.Theirs, options.Rounds, minimumSeconds: 0.005);
        return BenchRow.Rate(Name, title, threads, length * 1e-9, "Gelem/s", Peer, result, goal: 1.3, floor: 1.0);
    }

    private sealed record Case(string Name, Action Ours, Action Theirs);

    private static Case Unary<TOp>(string name, ElementwiseArrays x, UnaryPeer peer)
        where TOp : struct, IUnaryOp =>
        new(name, () => Elementwise.Unary<TOp>(DType.Float32, x.A, x.Y, x.Length), () => peer(x.SpanA, x.SpanY));

    private static Case Positive<TOp>(string name, ElementwiseArrays x, UnaryPeer peer)
        where TOp : struct, IUnaryOp =>
        new(
            name,
            () => Elementwise.Unary<TOp>(DType.Float32, x.Positive, x.Y, x.Length),
            () => peer(x.SpanPositive, x.SpanY)
        );

    private static Case Binary<TOp>(string name, ElementwiseArrays x, BinaryPeer peer)
        where TOp : struct, IBinaryOp =>
        new(
            name,
            () => Elementwise.Binary<TOp>(DType.Float32, x.A, x.B, x.Y, x.Length),
            () => peer(x.SpanA, x.SpanB, x.SpanY)
        );

    private static Case Whole<TReducer>(string name, ElementwiseArrays x, Func<ElementwiseArrays, float> peer)
        where TReducer : struct, IReducer
    {
        Shape shape = [x.Length];
        return new(name, () => Reduce.Run<TReducer>(DType.Float32, x.A, shape, default, x.Y), () => x.Y[0] = peer(x));
    }

    private static Case[] Cases(ElementwiseArrays x) =>
        [
            Binary<Add>("add", x, TensorPrimitives.Add),
            Binary<Subtract>("subtract", x, TensorPrimitives.Subtract),
            Binary<Multiply>("multiply", x, TensorPrimitives.Multiply),
            Binary<Divide>("divide", x, TensorPrimitives.Divide),
            Binary<Maximum>("maximum", x, TensorPrimitives.Max),
            new(
                "add scalar",
                () => Elementwise.BinaryScalar<Add>(DType.Float32, x.A, 1.5, x.Y, x.Length),
                () => TensorPrimitives.Add(x.SpanA, 1.5f, x.SpanY)
            ),
            new(
                "divide scalar by",
                () => Elementwise.ScalarBinary<Divide>(DType.Float32, 1.5, x.A, x.Y, x.Length),
                () => TensorPrimitives.Divide(1.5f, x.SpanA, x.SpanY)
            ),
            new(
                "add in place",
                () => Elementwise.Binary<Add>(DType.Float32, x.State, x.C, x.State, x.Length),
                () => TensorPrimitives.Add(x.SpanState, x.SpanC, x.SpanState)
            ),
            new(
                "multiply-add",
                () => Elementwise.Ternary<MultiplyAdd>(DType.Float32, x.A, x.B, x.C, x.Y, x.Length),
                () => TensorPrimitives.MultiplyAdd(x.SpanA, x.SpanB, x.SpanC, x.SpanY)
            ),
            Unary<Relu>("relu", x, (a, y) => TensorPrimitives.Max(a, 0f, y)),
            Unary<Magnitude>("abs", x, TensorPrimitives.Abs),
            Unary<Negative>("negative", x, TensorPrimitives.Negate),
            Unary<Square>("square", x, (a, y) => TensorPrimitives.Multiply(a, a, y)),
            Unary<Floor>("floor", x, TensorPrimitives.Floor),
            Positive<SquareRoot>("sqrt", x, TensorPrimitives.Sqrt),
            Positive<ReciprocalSquareRoot>("rsqrt", x, TensorPrimitives.ReciprocalSqrt),
            new(
                "clip",
                () => Elementwise.Unary(new Clip(-1, 1), DType.Float32, x.A, x.Y, x.Length),
                () => TensorPrimitives.Clamp(x.SpanA, -1f, 1f, x.SpanY)
            ),
            Unary<Exp>("exp", x, TensorPrimitives.Exp),
            Unary<Expm1>("expm1", x, TensorPrimitives.ExpM1),
            Positive<Log>("log", x, TensorPrimitives.Log),
            Positive<Log2>("log2", x, TensorPrimitives.Log2),
            Positive<Log1p>("log1p", x, TensorPrimitives.LogP1),
            Unary<Tanh>("tanh", x, TensorPrimitives.Tanh),
            Unary<Sigmoid>("sigmoid", x, TensorPrimitives.Sigmoid),
            Unary<Sin>("sin", x, TensorPrimitives.Sin),
            Unary<Cos>("cos", x, TensorPrimitives.Cos),
            Unary<Tan>("tan", x, TensorPrimitives.Tan),
            Unary<Sinh>("sinh", x, TensorPrimitives.Sinh),
            Unary<ArcTangent>("arctan", x, TensorPrimitives.Atan),
            new(
                "arcsin",
                () => Elementwise.Unary<ArcSine>(DType.Float32, x.C, x.Y, x.Length),
                () => TensorPrimitives.Asin(x.SpanC, x.SpanY)
            ),
            Positive<CubeRoot>("cbrt", x, TensorPrimitives.Cbrt),
            new(
                "power",
                () => Elementwise.Binary<Power>(DType.Float32, x.Positive, x.B, x.Y, x.Length),
                () => TensorPrimitives.Pow(x.SpanPositive, x.SpanB, x.SpanY)
            ),
            Binary<Hypotenuse>("hypot", x, TensorPrimitives.Hypot),
            Binary<ArcTangent2>("arctan2", x, TensorPrimitives.Atan2),
            Binary<Remainder>(
                "modulo",
                x,
                (a, b, y) =>
                {
                    for (int i = 0; i < y.Length; i++)
                    {
                        y[i] = a[i] - (b[i] * MathF.Floor(a[i] / b[i]));
                    }
                }
            ),
            .. Rows(x, 20),
            .. Rows(x, 1000),
            Whole<SumReducer>("sum", x, x => TensorPrimitives.Sum(x.SpanA)),
            Whole<SumOfSquaresReducer>("sum of squares", x, x => TensorPrimitives.SumOfSquares(x.SpanA)),
            Whole<SumOfMagnitudesReducer>("sum of magnitudes", x, x => TensorPrimitives.SumOfMagnitudes(x.SpanA)),
            Whole<NormReducer>("norm", x, x => TensorPrimitives.Norm(x.SpanA)),
            Whole<ProductReducer>("product", x, x => TensorPrimitives.Product(x.SpanA)),
            Whole<MaxReducer>("max", x, x => TensorPrimitives.MaxNumber(x.SpanA)),
            Whole<MinReducer>("min", x, x => TensorPrimitives.MinNumber(x.SpanA)),
            new(
                "argmax",
                () => Reduce.ArgMax(DType.Float32, x.A, x.Shape, 0, x.Y),
                () => x.Y[0] = TensorPrimitives.IndexOfMax(x.SpanA)
            ),
            .. Conversions(x),
            new(
                "SGD step",
                () =>
                    Updates.Run(
                        new SgdRule
                        {
                            LearningRate = 1e-6f,
                            Gradient = new GradientScaling { Rescale = 1, Clip = -1 },
                        },
                        DType.Float32,
                        x.State,
                        x.C,
                        null,
                        null,
                        null,
                        x.State,
                        x.Length
                    ),
                () => TensorPrimitives.MultiplyAdd(x.SpanC, -1e-6f, x.SpanState, x.SpanState)
            ),
        ];

    /// <summary>Broadcasting: TensorPrimitives is called once for each row.</summary>
    private static Case[] Rows(ElementwiseArrays x, int columns)
    {
        int rows = x.Length / columns;
        Shape matrix = [rows, columns];
        Shape row = [columns];
        Shape column = [rows, 1];
        return
        [
            new(
                $"add row of {columns}",
                () => Broadcast.Binary<Add>(DType.Float32, x.A, matrix, x.B, row, x.Y, matrix),
                () =>
                {
                    for (int i = 0; i < rows; i++)
                    {
                        Span<float> y = x.SpanY.Slice(i * columns, columns);
                        TensorPrimitives.Add(x.SpanA.Slice(i * columns, columns), x.SpanB[..columns], y);
                    }
                }
            ),
            new(
                $"multiply by column, rows of {columns}",
                () => Broadcast.Binary<Multiply>(DType.Float32, x.A, matrix, x.B, column, x.Y, matrix),
                () =>
                {
                    for (int i = 0; i < rows; i++)
                    {
                        Span<float> y = x.SpanY.Slice(i * columns, columns);
                        TensorPrimitives.Multiply(x.SpanA.Slice(i * columns, columns), x.B[i], y);
                    }
                }
            ),
        ];
    }

    private static Case[] Conversions(ElementwiseArrays x) =>
        [
            new(
                "float16 to float32",
                () => Cast.Convert(DType.Float16, x.Half, DType.Float32, x.Y, x.Length),
                () => TensorPrimitives.ConvertToSingle(x.SpanHalf, x.SpanY)
            ),
            new(
                "float32 to float16",
                () => Cast.Convert(DType.Float32, x.A, DType.Float16, x.Half, x.Length),
                () => TensorPrimitives.ConvertToHalf(x.SpanA, x.SpanHalf)
            ),
            new(
                "int32 to float32",
                () => Cast.Convert(DType.Int32, x.Whole, DType.Float32, x.Y, x.Length),
                () => TensorPrimitives.ConvertTruncating<int, float>(x.SpanWhole, x.SpanY)
            ),
            new(
                "float32 to int32",
                () => Cast.Convert(DType.Float32, x.A, DType.Int32, x.Whole, x.Length),
                () => TensorPrimitives.ConvertTruncating<float, int>(x.SpanA, x.SpanWhole)
            ),
        ];
}
