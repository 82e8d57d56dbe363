using System.Numerics;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>
/// The weights' gradient without matrices: each weight is the sum of the products of a plane of dy with a plane of the data,
/// moved by the weight's place in the window. Planes of the data are copied with their padding, those of dy with
/// zeros where windows end, unless they can be read as they are.
/// </summary>
/// <remarks>
/// The images and rows are walked in pieces that stay in the first-level cache; threads share the weights, so the order of each
/// sum is always the same. Where a row of dy ends, zeros meet elements of the data: a value that is not finite makes all
/// sums of its channel that are near it no number.
/// </remarks>
internal readonly unsafe struct DirectWeights<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Elements of a piece of a plane.</summary>
    private const long PieceElements = 1024;

    /// <summary>Channels of dy in a tile.</summary>
    private const int TileChannels = 4;

    /// <summary>Taps in a tile.</summary>
    private const int TileTaps = 3;

    /// <summary>Taps of a window whose places are kept on the stack.</summary>
    private const int MostTaps = 256;

    private readonly ConvolutionShape _shape;
    private readonly PaddedLines<T> _xLines;
    private readonly PaddedLines<T> _dyLines;
    private readonly long _reach;
    private readonly bool _flat;
    private readonly bool _xDirect;
    private readonly bool _dyDirect;
    private readonly long _images;
    private readonly long _rows;
    private readonly long _strips;
    private readonly long _xPlane;
    private readonly long _dyPlane;

    internal DirectWeights(in ConvolutionShape shape)
    {
        _shape = shape;
        Extents windows = shape.Out;
        int lanes = Lanes;
        _reach = (shape.Kernel.H - 1) * shape.Dilate.H;
        long reachW = (shape.Kernel.W - 1) * shape.Dilate.W;
        bool steps1 = shape.Stride.H == 1 && shape.Stride.W == 1;

        // Rows that share the padding between them may be walked as one, when less is wasted than at the ends of rows.
        long shared = shape.In.W + shape.Pad.W;
        long rounded = PaddedLines<T>.Round(windows.W, lanes);
        _flat = steps1 && shared < rounded && windows.H > 1;
        long row = _flat ? shared : rounded;
        _rows = Math.Clamp(PieceElements / row, 1, windows.H);
        _images = _rows == windows.H ? Math.Clamp(PieceElements / (row * windows.H), 1, shape.Batch) : 1;

        // A block of taps meets several tiles of channels while it is in the first-level cache.
        bool few = shape.Groups * TapBlocks * ChannelTiles < 64;
        _strips = few ? ChannelTiles : ((ChannelTiles - 1) / 4) + 1;

        _xDirect = !_flat && steps1 && shape.Pad == default && windows.W == rounded;
        _dyDirect = !_flat && windows.W == rounded;
        _xLines = _flat
            ? new PaddedLines<T>(shape.In.H, shape.In.W, shape.Pad.H, shape.Pad.W, shared)
            : new PaddedLines<T>(
                shape.In.H,
                shape.In.W,
                shape.Pad.H,
                shape.Pad.W,
                shape.Stride.W,
                reachW,
                windows.W,
                lanes
            );
        _dyLines = new PaddedLines<T>(windows.H, windows.W, 0, 0, row);
        _xPlane = _xDirect ? shape.In.Product : XLineCount(_rows) * _xLines.Pitch;
        _dyPlane = _dyDirect ? windows.Product : PaddedLines<T>.Round(_rows * row, lanes);
    }

    /// <summary>Elements of scratch that <see cref="Run"/> uses.</summary>
    internal long Scratch => XSize + DySize;

    private static int Lanes =>
        Vector512.IsHardwareAccelerated ? Vector512<T>.Count
        : Vector256.IsHardwareAccelerated ? Vector256<T>.Count
        : Vector128.IsHardwareAccelerated ? Vector128<T>.Count
        : 1;

    /// <summary>Elements of the copied data; the last windows of the last plane read a little beyond it.</summary>
    private long XSize =>
        _xDirect ? 0 : PaddedLines<T>.Round((_shape.InChannels * _images * _xPlane) + _xLines.Pitch + 64, 64);

    private long DySize => _dyDirect ? 0 : PaddedLines<T>.Round(_shape.OutChannels * _images * _dyPlane, 64);

    /// <summary>Taps that are summed before the next channels of dy: those of one channel of the data, and some more.</summary>
    private long BlockTaps => PaddedLines<T>.Round(_shape.Kernel.Product, TileTaps);

    private long TapBlocks => ((_shape.Taps - 1) / BlockTaps) + 1;

    private long ChannelTiles => ((_shape.GroupOut - 1) / TileChannels) + 1;

    /// <summary>
    /// True where this was measured to be faster than the multiplication of matrices: not for few windows, whose sums are
    /// short, nor for windows of one tap, which make no use of a plane twice.
    /// </summary>
    internal static bool Applies(in ConvolutionShape shape) =>
        shape.In.D == 1
        && shape.Kernel.D == 1
        && shape.Pad.D == 0
        && shape.GroupOut >= TileChannels
        && shape.Kernel.Product <= MostTaps
        && shape.Batch * shape.Out.Product >= 512
        && shape.Kernel.Product >= TileTaps
        && (shape.GroupIn <= 64 || (shape.Stride.H == 1 && shape.Stride.W == 1));

    /// <summary>dw = the gradient, or dw += the gradient.</summary>
    internal void Run(T* x, T* dy, T* dw, bool accumulate, T* scratch)
    {
        DirectWeights<T> plan = this;
        var work = new Work
        {
            Plan = &plan,
            X = x,
            Dy = dy,
            Dw = dw,
            XPack = scratch,
            DyPack = scratch + XSize,
            Accumulate = accumulate,
        };
        long copies = (_xDirect ? 0 : _shape.InChannels) + (_dyDirect ? 0 : _shape.OutChannels);
        long items = _shape.Groups * _strips * TapBlocks;
        if (copies == 0)
        {
            KernelTeam.Default.For(items, 1, &SumAllPieces, &work);
            return;
        }

        for (long piece = 0; piece < Pieces; piece++)
        {
            SetPiece(ref work, piece);
            KernelTeam.Default.For(copies, Math.Max(1, 8192 / (work.Images * _dyPlane)), &Copy, &work);
            KernelTeam.Default.For(items, 1, &Sum, &work);
        }
    }

    private readonly long RowPieces => ((_shape.Out.H - 1) / _rows) + 1;

    private readonly long ImagePieces => ((_shape.Batch - 1) / _images) + 1;

    private readonly long Pieces => RowPieces * ImagePieces;

    /// <summary>The images and rows of a piece.</summary>
    private readonly void SetPiece(ref Work work, long piece)
    {
        (long image, long row) = Math.DivRem(piece, RowPieces);
        long height = _shape.Out.H;
        work.Image = _shape.Batch * image / ImagePieces;
        work.Images = (_shape.Batch * (image + 1) / ImagePieces) - work.Image;
        work.Row = height * row / RowPieces;
        work.Rows = (height * (row + 1) / RowPieces) - work.Row;
        work.IsFirst = piece == 0;
        work.Add = work.Accumulate || piece > 0;
    }

    /// <summary>Without copies that threads share, each goes through all pieces on its own.</summary>
    private static void SumAllPieces(void* state, long first, long last)
    {
        Work work = *(Work*)state;
        for (long piece = 0; piece < work.Plan->Pieces; piece++)
        {
            work.Plan->SetPiece(ref work, piece);
            Sum(&work, first, last);
        }
    }

    private readonly long XLineCount(long rows) => ((rows - 1) * _shape.Stride.H) + _reach + 1;

    /// <summary>Copies channels [first, last) of the data, then of dy.</summary>
    private static void Copy(void* state, long first, long last)
    {
        var work = (Work*)state;
        DirectWeights<T> plan = *work->Plan;
        ConvolutionShape shape = plan._shape;
        long xChannels = plan._xDirect ? 0 : shape.InChannels;
        for (long channel = first; channel < last; channel++)
        {
            if (work->IsFirst)
            {
                plan.Clear(work, channel, xChannels);
            }

            for (long n = 0; n < work->Images; n++)
            {
                long image = work->Image + n;
                if (channel < xChannels)
                {
                    plan._xLines.Fill(
                        work->X + (((image * shape.InChannels) + channel) * shape.In.Product),
                        work->Row * shape.Stride.H,
                        plan.XLineCount(work->Rows),
                        work->XPack + (((channel * plan._images) + n) * plan._xPlane)
                    );
                }
                else
                {
                    long own = channel - xChannels;
                    T* target = work->DyPack + (((own * plan._images) + n) * plan._dyPlane);
                    plan._dyLines.Fill(
                        work->Dy + (((image * shape.OutChannels) + own) * shape.Out.Product),
                        work->Row,
                        work->Rows,
                        target
                    );

                    // A piece with fewer rows than another: the last register must not find that one's.
                    long filled = work->Rows * plan._dyLines.Pitch;
                    long end = Math.Min(plan._dyPlane, filled + Lanes);
                    LongRuns.Clear(target + filled, end - filled);
                }
            }
        }
    }

    /// <summary>Zeros for one channel's copies, and behind the last of the data.</summary>
    private readonly void Clear(Work* work, long channel, long xChannels)
    {
        bool isX = channel < xChannels;
        long size = _images * (isX ? _xPlane : _dyPlane);
        T* target = isX ? work->XPack + (channel * size) : work->DyPack + ((channel - xChannels) * size);
        long end = channel + 1 == xChannels ? XSize - (channel * size) : size;
        LongRuns.Clear(target, end);
    }

    private static void Sum(void* state, long first, long last)
    {
        if (Vector512.IsHardwareAccelerated)
            Sum<Register512<T>, Vector512<T>>((Work*)state, first, last);
        else if (Vector256.IsHardwareAccelerated)
            Sum<Register256<T>, Vector256<T>>((Work*)state, first, last);
        else if (Vector128.IsHardwareAccelerated)
            Sum<Register128<T>, Vector128<T>>((Work*)state, first, last);
        else
            Sum<RegisterScalar<T>, T>((Work*)state, first, last);
    }

    /// <summary>Items [first, last) of groups x strips of dy's channels x blocks of taps.</summary>
    private static void Sum<V, R>(Work* work, long first, long last)
        where V : struct, IRegister<R, T>
        where R : struct
    {
        DirectWeights<T> plan = *work->Plan;
        ConvolutionShape shape = plan._shape;
        long taps = shape.Taps;
        long window = shape.Kernel.Product;
        long xImage = plan._xDirect ? shape.InChannels * plan._xPlane : plan._xPlane;
        long xChannel = plan._xDirect ? plan._xPlane : plan._images * plan._xPlane;
        long dyImage = plan._dyDirect ? shape.OutChannels * plan._dyPlane : plan._dyPlane;
        long dyChannel = plan._dyDirect ? plan._dyPlane : plan._images * plan._dyPlane;
        T* x = plan._xDirect ? work->X + (work->Image * xImage) + (work->Row * shape.In.W) : work->XPack;
        T* dy = plan._dyDirect ? work->Dy + (work->Image * dyImage) + (work->Row * shape.Out.W) : work->DyPack;
        long xPitch = plan._xDirect ? shape.In.W : plan._xLines.Pitch;
        long dyPitch = plan._dyLines.Pitch;
        var extent = new WeightExtent { Images = work->Images };
        if (plan._flat)
        {
            extent.Rows = 1;
            extent.Width = PaddedLines<T>.Round(work->Rows * dyPitch, V.Count);
        }
        else
        {
            extent.Rows = work->Rows;
            extent.Width = dyPitch;
        }

        extent.DyPitch = dyPitch;
        extent.XPitch = xPitch * shape.Stride.H;
        extent.DyImage = dyImage - (extent.Rows * extent.DyPitch);
        extent.XImage = xImage - (extent.Rows * extent.XPitch);
        T* sums = stackalloc T[4 * TileChannels];
        T** under = stackalloc T*[TileTaps];
        long* offsets = stackalloc long[MostTaps];
        for (int place = 0; place < window; place++)
        {
            long line = place / shape.Kernel.W * shape.Dilate.H * xPitch;
            offsets[place] = line + plan._xLines.Offset(place % shape.Kernel.W * shape.Dilate.W);
        }

        for (long item = first; item < last; item++)
        {
            long group = item / plan.TapBlocks / plan._strips;
            long strip = item / plan.TapBlocks % plan._strips;
            long tapFirst = item % plan.TapBlocks * plan.BlockTaps;
            long tapLast = Math.Min(tapFirst + plan.BlockTaps, taps);
            long tileLast = plan.ChannelTiles * (strip + 1) / plan._strips;
            for (long tile = plan.ChannelTiles * strip / plan._strips; tile < tileLast; tile++)
            {
                // The last tile overlaps the one before it, and gives only what that has not.
                long channel = tile * TileChannels;
                long channel0 = Math.Min(channel, shape.GroupOut - TileChannels);
                T* own = dy + (((group * shape.GroupOut) + channel0) * dyChannel);
                T* dw = work->Dw + (((group * shape.GroupOut) + channel) * taps);
                long next = tapFirst % window;
                T* plane = x + (((group * shape.GroupIn) + (tapFirst / window)) * xChannel);
                for (long tap0 = tapFirst; tap0 < tapLast; tap0 += TileTaps)
                {
                    int some = (int)Math.Min(TileTaps, tapLast - tap0);
                    for (int t = 0; t < TileTaps; t++)
                    {
                        under[t] = t < some ? plane + offsets[next] : under[0];
                        if (t < some && ++next == window)
                        {
                            next = 0;
                            plane += xChannel;
                        }
                    }

                    WeightTile<V, R, T>.Run(extent, own, dyChannel, under[0], under[1], under[2], sums);
                    WeightTile<V, R, T>.Write(
                        sums + (4 * (channel - channel0)),
                        dw + tap0,
                        taps,
                        Math.Min(TileChannels, shape.GroupOut - channel),
                        some,
                        work->Add
                    );
                }
            }
        }
    }

    /// <summary>One piece as the threads see it.</summary>
    private struct Work
    {
        public DirectWeights<T>* Plan;
        public T* X;
        public T* Dy;
        public T* Dw;
        public T* XPack;
        public T* DyPack;
        public long Image;
        public long Images;
        public long Row;
        public long Rows;
        public bool Accumulate;
        public bool IsFirst;
        public bool Add;
    }
}
