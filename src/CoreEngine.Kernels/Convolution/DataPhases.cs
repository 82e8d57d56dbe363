using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// The data's gradient of a strided convolution in one and two dimensions. Elements of the data whose places agree modulo the
/// stride meet the same taps of the window: each such phase is a convolution with stride 1, of dy with those taps. Nothing
/// is multiplied by the zeros between strides, and nothing is added up afterwards.
/// </summary>
internal readonly unsafe struct DataPhases<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    private const int MostPhases = 64;

    private const int MostTaps = 4096;

    private const int LeastChannels = 8;

    private readonly ConvolutionShape _shape;
    private readonly Axis _rows;
    private readonly Axis _columns;

    internal DataPhases(in ConvolutionShape shape)
    {
        _shape = shape;
        _rows = new Axis(shape.In.H, shape.Out.H, shape.Kernel.H, shape.Stride.H, shape.Pad.H);
        _columns = new Axis(shape.In.W, shape.Out.W, shape.Kernel.W, shape.Stride.W, shape.Pad.W);
    }

    /// <summary>Elements of scratch that <see cref="Run"/> uses.</summary>
    internal long Scratch
    {
        get
        {
            long size = PaddedSize + Align(_columns.Padded);
            long forward = 0;
            for (int phase = 0; phase < Count; phase++)
            {
                if (HasTaps(phase))
                {
                    ConvolutionShape shape = PhaseShape(phase);
                    size += Align(shape.WeightSize) + Align(shape.OutSize);
                    forward = Math.Max(forward, ConvolutionForward<T>.Scratch(shape, false));
                }
            }

            return size + forward;
        }
    }

    private int Count => (int)(_shape.Stride.H * _shape.Stride.W);

    /// <summary>dy needs no zeros around it.</summary>
    private bool IsDirect => _rows.Padded == _shape.Out.H && _columns.Padded == _shape.Out.W;

    private long PaddedSize => IsDirect ? 0 : Align(_shape.Batch * _shape.OutChannels * _rows.Padded * _columns.Padded);

    /// <summary>Few channels of the data would leave the windows' products, which are packed for each phase, with little use.</summary>
    internal static bool Applies(in ConvolutionShape shape) =>
        shape.In.D == 1
        && shape.GroupIn >= LeastChannels
        && shape.Kernel.D == 1
        && shape.Pad.D == 0
        && shape.Dilate with { D = 1 } == Extents.One
        && shape.Stride with { D = 1 } != Extents.One
        && shape.Kernel.Product <= MostTaps
        && shape.Stride.H * shape.Stride.W <= MostPhases;

    /// <summary>dx = the gradient, or dx += the gradient.</summary>
    internal void Run(T* dy, T* weight, T* dx, bool accumulate, T* scratch)
    {
        int* taps = stackalloc int[checked((int)_shape.Kernel.Product)];
        T** results = stackalloc T*[MostPhases];
        T* source = dy;
        T* next = scratch;
        if (!IsDirect)
        {
            var copy = new CopyWork
            {
                Lines = new PaddedLines<T>(_shape.Out.H, _shape.Out.W, _rows.Before, _columns.Before, _columns.Padded),
                From = dy,
                FromPlane = _shape.Out.Product,
                To = next,
                Rows = _rows.Padded,
            };
            long grain = Math.Max(1, 16_384 / copy.FromPlane);
            KernelTeam.Default.For(_shape.Batch * _shape.OutChannels, grain, &CopyRange, &copy);
            source = next;
            next += PaddedSize;
        }

        T* zeros = next;
        LongRuns.Clear(zeros, _columns.Padded);
        next += Align(_columns.Padded);
        for (int phase = 0; phase < Count; phase++)
        {
            results[phase] = null;
            if (HasTaps(phase))
            {
                ConvolutionShape shape = PhaseShape(phase);
                results[phase] = next + Align(shape.WeightSize);
                WeightTaps<T>.Exchange(_shape, weight, taps, Taps(phase, taps), next);
                next = results[phase] + Align(shape.OutSize);
            }
        }

        T* weights = zeros + Align(_columns.Padded);
        for (int phase = 0; phase < Count; phase++)
        {
            if (results[phase] != null)
            {
                ConvolutionShape shape = PhaseShape(phase);
                ConvolutionForward<T>.Run(shape, source, weights, false, default, results[phase], next);
                weights = results[phase] + Align(shape.OutSize);
            }
        }

        DataPhases<T> plan = this;
        var work = new JoinWork
        {
            Plan = &plan,
            Results = results,
            Zeros = zeros,
            Dx = dx,
            Add = accumulate,
        };
        KernelTeam.Default.For(
            _shape.Batch * _shape.InChannels,
            Math.Max(1, 16_384 / _shape.In.Product),
            &JoinRange,
            &work
        );
    }

    private static long Align(long count) => (count + 15) & ~15L;

    private bool HasTaps(int phase) =>
        _rows.Taps(phase / _shape.Stride.W) > 0 && _columns.Taps(phase % _shape.Stride.W) > 0;

    /// <summary>The convolution that gives one phase, of dy with its zeros.</summary>
    private ConvolutionShape PhaseShape(int phase) =>
        new(
            _shape.Batch,
            _shape.Groups,
            _shape.OutChannels,
            _shape.InChannels,
            new Extents(1, _rows.Padded, _columns.Padded),
            new Extents(1, _rows.Taps(phase / _shape.Stride.W), _columns.Taps(phase % _shape.Stride.W)),
            Extents.One,
            Extents.One,
            default
        );

    /// <summary>The taps of a phase, the last first. Returns their number.</summary>
    private int Taps(int phase, int* taps)
    {
        int count = 0;
        for (long h = _rows.Taps(phase / _shape.Stride.W) - 1; h >= 0; h--)
        {
            for (long w = _columns.Taps(phase % _shape.Stride.W) - 1; w >= 0; w--)
            {
                long row = (phase / _shape.Stride.W) + (h * _shape.Stride.H);
                taps[count++] = (int)((row * _shape.Kernel.W) + (phase % _shape.Stride.W) + (w * _shape.Stride.W));
            }
        }

        return count;
    }

    /// <summary>Items are planes of dy.</summary>
    private static void CopyRange(void* state, long first, long last)
    {
        var work = (CopyWork*)state;
        PaddedLines<T> lines = work->Lines;
        long plane = work->Rows * lines.Pitch;
        lines.Clear(work->To + (first * plane), (last - first) * work->Rows);
        for (long item = first; item < last; item++)
        {
            lines.Fill(work->From + (item * work->FromPlane), 0, work->Rows, work->To + (item * plane));
        }
    }

    /// <summary>Items are planes of the data.</summary>
    private static void JoinRange(void* state, long first, long last)
    {
        var work = (JoinWork*)state;
        DataPhases<T> plan = *work->Plan;
        Extents stride = plan._shape.Stride;
        Extents size = plan._shape.In;
        T** rows = stackalloc T*[MostPhases];
        for (long item = first; item < last; item++)
        {
            for (long h = 0; h < size.H; h++)
            {
                long phaseH = (h + plan._shape.Pad.H) % stride.H;
                long tapsH = plan._rows.Taps(phaseH);
                long line = plan._rows.Place(h, tapsH);
                T* row = work->Dx + (((item * size.H) + h) * size.W);
                if (tapsH == 0)
                {
                    if (!work->Add)
                    {
                        LongRuns.Clear(row, size.W);
                    }

                    continue;
                }

                for (long w = 0; w < stride.W; w++)
                {
                    long tapsW = plan._columns.Taps(w);
                    T* result = work->Results[(phaseH * stride.W) + w];
                    long width = plan._columns.Padded - tapsW + 1;
                    long height = plan._rows.Padded - tapsH + 1;
                    long column = plan._columns.Start(tapsW);
                    rows[w] = result == null ? work->Zeros : result + (((item * height) + line) * width) + column;
                }

                PhaseRows<T>.Interleave(rows, stride.W, plan._shape.Pad.W % stride.W, row, size.W, work->Add);
            }
        }
    }

    /// <summary>
    /// One axis: an element h of the data meets dy at (h + pad) / stride with the first tap of its phase, and at the places
    /// before that with the following ones.
    /// </summary>
    private readonly struct Axis
    {
        private readonly long _kernel;
        private readonly long _stride;
        private readonly long _pad;

        internal Axis(long size, long windows, long kernel, long stride, long pad)
        {
            _kernel = kernel;
            _stride = stride;
            _pad = pad;
            long most = ((kernel - 1) / stride) + 1;
            for (long phase = 0; phase < Math.Min(stride, kernel); phase++)
            {
                // The first element of this phase.
                long first = (((phase - pad) % stride) + stride) % stride;
                long place = (first + pad) / stride;
                Before = Math.Max(Before, Taps(phase) - 1 - place);
            }

            long last = (size - 1 + pad) / stride;
            Padded = Math.Max(Math.Max(windows, last + 1) + Before, most);
        }

        /// <summary>Zeros before dy.</summary>
        internal long Before { get; }

        /// <summary>Extent of dy with zeros on both sides.</summary>
        internal long Padded { get; }

        /// <summary>Taps of a phase; those of the largest decide how many zeros there are.</summary>
        internal long Taps(long phase) => phase < _kernel ? ((_kernel - 1 - phase) / _stride) + 1 : 0;

        /// <summary>Where the result of an element is, in the convolution of its phase.</summary>
        internal long Place(long element, long taps) => ((element + _pad) / _stride) - (taps - 1) + Before;

        /// <summary>Where results begin that are numbered by (element + pad % stride) / stride.</summary>
        internal long Start(long taps) => (_pad / _stride) - (taps - 1) + Before;
    }

    private struct CopyWork
    {
        public PaddedLines<T> Lines;
        public T* From;
        public long FromPlane;
        public T* To;
        public long Rows;
    }

    private struct JoinWork
    {
        public DataPhases<T>* Plan;
        public T** Results;
        public T* Zeros;
        public T* Dx;
        public bool Add;
    }
}
