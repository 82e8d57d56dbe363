using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>
/// Element-wise operators, reductions and conversions on one thread against TensorPrimitives, on arrays that fit the first
/// and the second cache and on such that fit none.
/// </summary>
public sealed unsafe class ElementwiseBench : IBenchSet
{
    private const string Peer = "TensorPrimitives";

    private static readonly (string Name, int Length)[] s_sizes = [("L1", 2_000), ("L2", 30_000), ("DRAM", 16_000_000)];

    /// <inheritdoc/>
    public string Name => "elementwise";

    /// <inheritdoc/>
    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        using var team = new KernelThreads(1);
        foreach ((string size, int length) in s_sizes)
        {
            if (options.Quick && size == "DRAM")
                continue;
            using var arrays = new Arrays(length);
            foreach ((string name, Action ours, Action? theirs) in Cases(arrays))
            {
                string title = $"{name} {size}";
                if (options.Wants(Name, title))
                    yield return Measure(options, title, length, ours, theirs);
            }
        }
    }

    private BenchRow Measure(BenchOptions options, string title, int length, Action ours, Action? theirs)
    {
        double work = length * 1e-9;
        if (theirs is null)
            return BenchRow.Rate(Name, title, 1, work / Paired.MeasureAlone(ours, options.Rounds), "Gelem/s");
        Paired.Result result = Paired.Measure(ours, theirs, options.Rounds, minimumSeconds: 0.005);
        return BenchRow.Rate(Name, title, 1, work, "Gelem/s", Peer, result, goal: 1.3, floor: 1.0);
    }

    private static (string Name, Action Ours, Action? Theirs)[] Cases(Arrays x) =>
        [
            (
                "add",
                () => Elementwise.Binary<Add>(DType.Float32, x.A, x.B, x.Y, x.Length),
                () => TensorPrimitives.Add(x.SpanA, x.SpanB, x.SpanY)
            ),
            (
                "multiply",
                () => Elementwise.Binary<Multiply>(DType.Float32, x.A, x.B, x.Y, x.Length),
                () => TensorPrimitives.Multiply(x.SpanA, x.SpanB, x.SpanY)
            ),
            (
                "relu",
                () => Elementwise.Unary<Relu>(DType.Float32, x.A, x.Y, x.Length),
                () => TensorPrimitives.Max(x.SpanA, 0f, x.SpanY)
            ),
            (
                "exp",
                () => Elementwise.Unary<Exp>(DType.Float32, x.A, x.Y, x.Length),
                () => TensorPrimitives.Exp(x.SpanA, x.SpanY)
            ),
            (
                "log",
                () => Elementwise.Unary<Log>(DType.Float32, x.Positive, x.Y, x.Length),
                () => TensorPrimitives.Log(x.SpanPositive, x.SpanY)
            ),
            (
                "tanh",
                () => Elementwise.Unary<Tanh>(DType.Float32, x.A, x.Y, x.Length),
                () => TensorPrimitives.Tanh(x.SpanA, x.SpanY)
            ),
            (
                "sigmoid",
                () => Elementwise.Unary<Sigmoid>(DType.Float32, x.A, x.Y, x.Length),
                () => TensorPrimitives.Sigmoid(x.SpanA, x.SpanY)
            ),
            (
                "sin",
                () => Elementwise.Unary<Sin>(DType.Float32, x.A, x.Y, x.Length),
                () => TensorPrimitives.Sin(x.SpanA, x.SpanY)
            ),
            (
                "power",
                () => Elementwise.Binary<Power>(DType.Float32, x.Positive, x.B, x.Y, x.Length),
                () => TensorPrimitives.Pow(x.SpanPositive, x.SpanB, x.SpanY)
            ),
            (
                "sum",
                () => Reduce.Run<SumReducer>(DType.Float32, x.A, x.Shape, default, x.Y),
                () => x.Y[0] = TensorPrimitives.Sum(x.SpanA)
            ),
            (
                "max",
                () => Reduce.Run<MaxReducer>(DType.Float32, x.A, x.Shape, default, x.Y),
                () => x.Y[0] = TensorPrimitives.MaxNumber(x.SpanA)
            ),
            (
                "float16 to float32",
                () => Cast.Convert(DType.Float16, x.Half, DType.Float32, x.Y, x.Length),
                () => TensorPrimitives.ConvertToSingle(x.SpanHalf, x.SpanY)
            ),
            (
                "float32 to float16",
                () => Cast.Convert(DType.Float32, x.A, DType.Float16, x.Half, x.Length),
                () => TensorPrimitives.ConvertToHalf(x.SpanA, x.SpanHalf)
            ),
            ("sum of columns", () => Reduce.Run<SumReducer>(DType.Float32, x.A, x.Matrix, [0], x.Y), null),
            ("transpose", () => Strided.Transpose(DType.Float32, x.A, x.Matrix, [1, 0], x.Y), null),
            ("normal", () => Sampling.Normal(DType.Float32, 1, 1, 0, 1, x.Y, x.Length), null),
        ];

    private sealed class Arrays : IDisposable
    {
        public Arrays(int length)
        {
            Length = length;
            Shape = new Shape(length);
            long rows = (long)Math.Sqrt(length);
            Matrix = new Shape(rows, length / rows);
            A = Allocate(length);
            B = Allocate(length);
            Positive = Allocate(length);
            Y = Allocate(length);
            Half = (Half*)Allocate(length);
            var random = new Random(1);
            for (int i = 0; i < length; i++)
            {
                A[i] = (random.NextSingle() * 4) - 2;
                B[i] = (random.NextSingle() * 4) - 2;
                Positive[i] = random.NextSingle() + 0.01f;
                Y[i] = 0;
                Half[i] = (Half)A[i];
            }
        }

        public int Length { get; }

        public Shape Shape { get; }

        public Shape Matrix { get; }

        public float* A { get; }

        public float* B { get; }

        public float* Positive { get; }

        public float* Y { get; }

        public Half* Half { get; }

        public ReadOnlySpan<float> SpanA => new(A, Length);

        public ReadOnlySpan<float> SpanB => new(B, Length);

        public ReadOnlySpan<float> SpanPositive => new(Positive, Length);

        public Span<float> SpanY => new(Y, Length);

        public Span<Half> SpanHalf => new(Half, Length);

        public void Dispose()
        {
            NativeMemory.AlignedFree(A);
            NativeMemory.AlignedFree(B);
            NativeMemory.AlignedFree(Positive);
            NativeMemory.AlignedFree(Y);
            NativeMemory.AlignedFree(Half);
        }

        private static float* Allocate(int length) =>
            (float*)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), 64);
    }

    private readonly struct Add : IBinaryOp
    {
        public static bool IsLight => true;

        public static V Invoke<V>(V x, V y)
            where V : struct, ISimd<V> => x + y;
    }

    private readonly struct Multiply : IBinaryOp
    {
        public static bool IsLight => true;

        public static V Invoke<V>(V x, V y)
            where V : struct, ISimd<V> => x * y;
    }

    private readonly struct Power : IBinaryOp
    {
        public static V Invoke<V>(V x, V y)
            where V : struct, ISimd<V> => SimdMath.Pow(x, y);
    }

    private readonly struct Relu : IUnaryOp
    {
        public static bool IsLight => true;

        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => V.Max(x, V.Zero);
    }

    private readonly struct Exp : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Exp(x);
    }

    private readonly struct Log : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Log(x);
    }

    private readonly struct Tanh : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Tanh(x);
    }

    private readonly struct Sigmoid : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Sigmoid(x);
    }

    private readonly struct Sin : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Sin(x);
    }
}
