namespace CoreEngine.Kernels;

/// <summary>
/// Local response normalisation across channels (Krizhevsky et al., "ImageNet Classification with Deep Convolutional
/// Neural Networks", 2012): y = x / norm^beta, norm = offset + alpha / window * (sum of squares of the channels around).
/// </summary>
/// <param name="Batch">Number of samples.</param>
/// <param name="Channels">Number of channels.</param>
/// <param name="Inner">Positions of a channel.</param>
/// <param name="Window">Number of neighbouring channels, the channel itself included.</param>
/// <param name="Alpha">The weight of the squares.</param>
/// <param name="Beta">The power.</param>
/// <param name="Offset">Added to the weighted squares.</param>
public readonly unsafe record struct LocalResponse(
    long Batch,
    long Channels,
    long Inner,
    long Window,
    double Alpha,
    double Beta,
    double Offset
)
{
    private double Weight => Alpha / Window;

    private long Size => Batch * Channels * Inner;

    /// <summary>The norm of each element.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="x">The data (N, C, inner).</param>
    /// <param name="norm">The result.</param>
    /// <param name="scratch">As large as the data.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such element type.</exception>
    public void Norm(DType dtype, void* x, void* norm, void* scratch)
    {
        Elementwise.Unary(default(Square), dtype, x, scratch, Size);
        SumWindows(dtype, scratch, norm, Window / 2);
        Elementwise.Unary(new ScaleAndShift(Weight, Offset), dtype, norm, norm, Size);
    }

    /// <summary>y = x / norm^beta, or y += that.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such element type.</exception>
    public void Forward(DType dtype, void* x, void* norm, void* y, bool accumulate) =>
        Elementwise.Binary(new TimesPower(-Beta), dtype, x, norm, y, Size, accumulate);

    /// <summary>
    /// dx = g / norm^beta - 2 alpha beta / window * x * (sum over the channels around of g x / norm^(beta + 1)).
    /// </summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="g">Gradient of the result.</param>
    /// <param name="x">The data.</param>
    /// <param name="norm">See <see cref="Norm"/>.</param>
    /// <param name="dx">Gradient of the data.</param>
    /// <param name="accumulate">Add to what dx holds.</param>
    /// <param name="scratch">As large as the data.</param>
    /// <param name="sums">Scratch as large as the data.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such element type.</exception>
    public void Backward(
        DType dtype,
        void* g,
        void* x,
        void* norm,
        void* dx,
        bool accumulate,
        void* scratch,
        void* sums
    )
    {
        Elementwise.Binary(new TimesPower(-Beta - 1), dtype, g, norm, scratch, Size);
        Elementwise.Binary<Product>(dtype, scratch, x, scratch, Size);
        // An even window reaches one channel further back than forward; seen from the other side it is the reverse.
        SumWindows(dtype, scratch, sums, (Window - 1) / 2);
        Elementwise.Binary<Product>(dtype, sums, x, sums, Size);
        Elementwise.Binary(new TimesPower(-Beta), dtype, g, norm, scratch, Size);
        Elementwise.Binary(new PlusScaled(-2 * Weight * Beta), dtype, scratch, sums, dx, Size, accumulate);
    }

    /// <summary>Sums each channel with its neighbours, of which <paramref name="before"/> come before it.</summary>
    private void SumWindows(DType dtype, void* x, void* y, long before)
    {
        var call = new Call
        {
            Sizes = this,
            DType = dtype,
            Stride = Inner * dtype.ItemSize(),
            Before = before,
            X = (byte*)x,
            Y = (byte*)y,
        };
        long grain = Math.Max(1, Elementwise.Grain / Math.Max(1, Inner * Window));
        KernelTeam.Default.For(Batch * Channels, grain, &Call.Run, &call);
    }

    private struct Call
    {
        internal LocalResponse Sizes;
        internal DType DType;
        internal long Stride;
        internal long Before;
        internal byte* X;
        internal byte* Y;

        internal static void Run(void* state, long start, long end)
        {
            var call = (Call*)state;
            LocalResponse sizes = call->Sizes;
            for (long plane = start; plane < end; plane++)
            {
                long channel = plane % sizes.Channels;
                long first = plane - Math.Min(channel, call->Before);
                long last = plane + Math.Min(sizes.Channels - 1 - channel, sizes.Window - 1 - call->Before);
                byte* y = call->Y + (plane * call->Stride);
                Elementwise.Fill(call->DType, 0, y, sizes.Inner);
                for (long other = first; other <= last; other++)
                {
                    byte* x = call->X + (other * call->Stride);
                    Elementwise.Binary<Total>(call->DType, y, x, y, sizes.Inner);
                }
            }
        }
    }

    private readonly struct Square : IUnaryBody
    {
        public V Invoke<V>(V x)
            where V : struct, ISimd<V> => x * x;
    }

    private readonly struct Total : IBinaryOp
    {
        public static V Invoke<V>(V x, V y)
            where V : struct, ISimd<V> => x + y;
    }

    private readonly struct Product : IBinaryOp
    {
        public static V Invoke<V>(V x, V y)
            where V : struct, ISimd<V> => x * y;
    }

    private readonly struct ScaleAndShift(double scale, double shift) : IUnaryBody
    {
        private readonly double _scale = scale;
        private readonly double _shift = shift;

        public V Invoke<V>(V x)
            where V : struct, ISimd<V> => (x * V.Constant(_scale)) + V.Constant(_shift);
    }

    private readonly struct PlusScaled(double scale) : IBinaryBody
    {
        private readonly double _scale = scale;

        public V Invoke<V>(V x, V y)
            where V : struct, ISimd<V> => V.MultiplyAdd(y, V.Constant(_scale), x);
    }

    /// <summary>x norm^power; the norm is positive.</summary>
    private readonly struct TimesPower(double power) : IBinaryBody
    {
        private readonly double _power = power;

        public V Invoke<V>(V x, V norm)
            where V : struct, ISimd<V> => x * SimdMath.Exp(V.Constant(_power) * SimdMath.Log(norm));
    }
}
