using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CoreEngine.Kernels;

namespace CoreEngine.Perf;

internal static unsafe partial class OneDnn
{
    /// <summary>A window's geometry as oneDNN wants it: as few spatial axes as will do, and dilations counted from zero.</summary>
    private sealed class Images
    {
        private readonly long _batch;
        private readonly long _groups;
        private readonly long _inChannels;
        private readonly long _outChannels;
        private readonly long[] _in;
        private readonly long[] _out;
        private readonly long[] _kernel;
        private readonly long[] _stride;
        private readonly long[] _dilate;
        private readonly long[] _padBefore;
        private readonly long[] _padAfter;

        public Images(in ConvolutionShape shape)
            : this(
                shape.Batch,
                shape.InChannels,
                shape.In,
                shape.Out,
                shape.Kernel,
                shape.Stride,
                shape.Dilate,
                shape.Pad
            )
        {
            _groups = shape.Groups;
            _outChannels = shape.OutChannels;
        }

        public Images(long batch, in PoolingShape shape)
            : this(batch, shape.Planes / batch, shape.In, shape.Out, shape.Kernel, shape.Stride, Extents.One, shape.Pad)
        { }

        private Images(
            long batch,
            long channels,
            Extents input,
            Extents output,
            Extents kernel,
            Extents stride,
            Extents dilate,
            Extents pad
        )
        {
            _batch = batch;
            _inChannels = channels;
            _outChannels = channels;
            _groups = 1;
            int axes =
                input.D > 1 || kernel.D > 1 ? 3
                : input.H > 1 || kernel.H > 1 ? 2
                : 1;
            _in = Take(input, axes);
            _out = Take(output, axes);
            _kernel = Take(kernel, axes);
            _stride = Take(stride, axes);
            _dilate = Take(dilate, axes);
            _padBefore = Take(pad, axes);
            _padAfter = Take(pad, axes);
            for (int i = 0; i < axes; i++)
            {
                // A last window that sticks out takes more padding; a remainder that no window sees takes none.
                long reach = ((_out[i] - 1) * _stride[i]) + ((_kernel[i] - 1) * _dilate[i]) + 1;
                _padAfter[i] = Math.Max(_padAfter[i], reach - _in[i] - _padBefore[i]);
                _dilate[i]--;
            }
        }

        public long* Kernel => Address(_kernel);

        public long* Stride => Address(_stride);

        public long* Dilate => Address(_dilate);

        public long* PadBefore => Address(_padBefore);

        public long* PadAfter => Address(_padAfter);

        public OneDnnShape Data(bool any = false) => Shape(any, [_batch, _inChannels, .. _in]);

        public OneDnnShape Data(OneDnnLayout layout) => OneDnnShape.Images(layout, [_batch, _inChannels, .. _in]);

        public OneDnnShape Result(bool any = false) => Shape(any, [_batch, _outChannels, .. _out]);

        public OneDnnShape Result(OneDnnLayout layout) => OneDnnShape.Images(layout, [_batch, _outChannels, .. _out]);

        public OneDnnShape Weight(bool any = false) =>
            _groups == 1
                ? Shape(any, [_outChannels, _inChannels, .. _kernel])
                : Shape(any, [_groups, _outChannels / _groups, _inChannels / _groups, .. _kernel]);

        /// <summary>The convolution's weights as those of its transposition: the two channel axes exchange their roles.</summary>
        public OneDnnShape TransposedWeight(bool any = false)
        {
            long[] extents =
                _groups == 1
                    ? [_inChannels, _outChannels, .. _kernel]
                    : [_groups, _inChannels / _groups, _outChannels / _groups, .. _kernel];
            int[] order = [.. Enumerable.Range(0, extents.Length)];
            int channels = _groups == 1 ? 0 : 1;
            (order[channels], order[channels + 1]) = (order[channels + 1], order[channels]);
            return any ? OneDnnShape.Any(extents) : OneDnnShape.Ordered(extents, order);
        }

        private static OneDnnShape Shape(bool any, ReadOnlySpan<long> extents) =>
            any ? OneDnnShape.Any(extents) : OneDnnShape.Plain(extents);

        private static long[] Take(Extents extents, int axes)
        {
            long[] values = GC.AllocateArray<long>(axes, pinned: true);
            ReadOnlySpan<long> all = [extents.D, extents.H, extents.W];
            all[^axes..].CopyTo(values);
            return values;
        }

        private static long* Address(long[] pinned) =>
            (long*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
    }
}
