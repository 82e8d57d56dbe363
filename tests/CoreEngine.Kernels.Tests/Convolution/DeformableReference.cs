namespace CoreEngine.Kernels.Tests;

/// <summary>The deformable convolution and its gradients by their definitions, in float64.</summary>
internal sealed class DeformableReference
{
    private readonly ConvolutionShape _shape;
    private readonly long _sets;
    private readonly double[] _data;
    private readonly double[] _offsets;
    private readonly double[] _weight;

    internal DeformableReference(ConvolutionShape shape, long sets, double[] data, double[] offsets, double[] weight)
    {
        (_shape, _sets) = (shape, sets);
        (_data, _offsets, _weight) = (data, offsets, weight);
    }

    private delegate void Visit(long y, long weight, long offset, long plane, double atY, double atX);

    internal double[] Forward()
    {
        double[] result = new double[_shape.OutSize];
        ForEach((y, weight, _, plane, atY, atX) => result[y] += _weight[weight] * Sample(plane, atY, atX));
        return result;
    }

    internal (double[] Data, double[] Offsets, double[] Weight) Backward(double[] g)
    {
        const double Step = 1e-6;
        double[] dData = new double[_data.Length];
        double[] dOffsets = new double[_offsets.Length];
        double[] dWeight = new double[_weight.Length];
        long positions = _shape.Out.Product;
        ForEach(
            (y, weight, offset, plane, atY, atX) =>
            {
                dWeight[weight] += g[y] * Sample(plane, atY, atX);
                double factor = g[y] * _weight[weight];
                Around(plane, atY, atX, (place, share) => dData[place] += factor * share);

                // Between the pixels the samples are linear along each axis, so that these differences are exact.
                dOffsets[offset] +=
                    factor * (Sample(plane, atY + Step, atX) - Sample(plane, atY - Step, atX)) / (2 * Step);
                dOffsets[offset + positions] +=
                    factor * (Sample(plane, atY, atX + Step) - Sample(plane, atY, atX - Step)) / (2 * Step);
            }
        );
        return (dData, dOffsets, dWeight);
    }

    private void ForEach(Visit visit)
    {
        Extents o = _shape.Out;
        long taps = _shape.Kernel.Product;
        for (long n = 0; n < _shape.Batch; n++)
        for (long filter = 0; filter < _shape.OutChannels; filter++)
        for (long position = 0; position < o.Product; position++)
        for (long c = 0; c < _shape.GroupIn; c++)
        for (long tap = 0; tap < taps; tap++)
        {
            long channel = (filter / _shape.GroupOut * _shape.GroupIn) + c;
            long set = channel / (_shape.InChannels / _sets);
            long offset = (((((n * _sets) + set) * taps) + tap) * 2 * o.Product) + position;
            (long row, long column) = Math.DivRem(position, o.W);
            (long tapRow, long tapColumn) = Math.DivRem(tap, _shape.Kernel.W);
            double y = (row * _shape.Stride.H) - _shape.Pad.H + (tapRow * _shape.Dilate.H) + _offsets[offset];
            double x =
                (column * _shape.Stride.W)
                - _shape.Pad.W
                + (tapColumn * _shape.Dilate.W)
                + _offsets[offset + o.Product];
            visit(
                (((n * _shape.OutChannels) + filter) * o.Product) + position,
                (((filter * _shape.GroupIn) + c) * taps) + tap,
                offset,
                (n * _shape.InChannels) + channel,
                y,
                x
            );
        }
    }

    private double Sample(long plane, double y, double x)
    {
        double sum = 0;
        Around(plane, y, x, (place, share) => sum += share * _data[place]);
        return sum;
    }

    private void Around(long plane, double y, double x, Action<long, double> visit)
    {
        (long height, long width) = (_shape.In.H, _shape.In.W);
        if (!(y >= 0 && y < height && x >= 0 && x < width))
            return;
        y = Math.Min(y, height - 1);
        x = Math.Min(x, width - 1);
        for (long row = (long)y; row <= Math.Min((long)y + 1, height - 1); row++)
        for (long column = (long)x; column <= Math.Min((long)x + 1, width - 1); column++)
        {
            visit((((plane * height) + row) * width) + column, (1 - Math.Abs(y - row)) * (1 - Math.Abs(x - column)));
        }
    }
}
