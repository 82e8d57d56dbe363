namespace CoreEngine.Kernels;

/// <summary>Between float32 numbers of a range and bytes that divide it into 255 steps.</summary>
public static unsafe class Quantization
{
    private const int Block = 2048;

    /// <summary><c>y = (x - low) * scale</c>, rounded, halves up, and cut off to 0..255; NaN gives 0.</summary>
    /// <param name="x">Numbers.</param>
    /// <param name="low">What becomes 0.</param>
    /// <param name="scale">Steps for each unit.</param>
    /// <param name="y">Result.</param>
    /// <param name="n">How many.</param>
    public static void ToBytes(float* x, float low, float scale, byte* y, long n)
    {
        var call = new Call
        {
            X = x,
            Y = y,
            Low = low,
            Scale = scale,
        };
        KernelTeam.Default.For(n, Elementwise.Grain, &ToBytes, &call);
    }

    /// <summary><c>y = x * scale + low</c>.</summary>
    /// <param name="x">Bytes.</param>
    /// <param name="low">What 0 becomes.</param>
    /// <param name="scale">Width of a step.</param>
    /// <param name="y">Result.</param>
    /// <param name="n">How many.</param>
    public static void FromBytes(byte* x, float low, float scale, float* y, long n)
    {
        var call = new Call
        {
            X = x,
            Y = y,
            Low = low,
            Scale = scale,
        };
        KernelTeam.Default.For(n, Elementwise.Grain, &FromBytes, &call);
    }

    private static void ToBytes(void* state, long first, long last)
    {
        var call = (Call*)state;
        float* steps = stackalloc float[Block];
        for (long i = first; i < last; i += Block)
        {
            long count = Math.Min(Block, last - i);
            var body = new StepsBody(call->Low, call->Scale);
            Elementwise.Unary(body, DType.Float32, (float*)call->X + i, steps, count);
            Cast.Convert(DType.Float32, steps, DType.UInt8, (byte*)call->Y + i, count);
        }
    }

    private static void FromBytes(void* state, long first, long last)
    {
        var call = (Call*)state;
        for (long i = first; i < last; i += Block)
        {
            long count = Math.Min(Block, last - i);
            float* y = (float*)call->Y + i;
            Cast.Convert(DType.UInt8, (byte*)call->X + i, DType.Float32, y, count);
            Elementwise.Unary(new LineBody(call->Low, call->Scale), DType.Float32, y, y, count);
        }
    }

    private struct Call
    {
        internal void* X;
        internal void* Y;
        internal float Low;
        internal float Scale;
    }

    private readonly struct StepsBody(float low, float scale) : IUnaryBody
    {
        public V Invoke<V>(V x)
            where V : struct, ISimd<V>
        {
            V steps = (x - V.Constant(low)) * V.Constant(scale);
            // The order of Max's arguments makes NaN 0.
            return V.Min(SimdMath.RoundAway(V.Max(steps, V.Zero)), V.Constant(255));
        }
    }

    private readonly struct LineBody(float low, float scale) : IUnaryBody
    {
        public V Invoke<V>(V x)
            where V : struct, ISimd<V> => (x * V.Constant(scale)) + V.Constant(low);
    }
}
