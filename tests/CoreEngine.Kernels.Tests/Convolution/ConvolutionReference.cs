namespace CoreEngine.Kernels.Tests;

/// <summary>The convolution by its definition, in float64.</summary>
internal static class ConvolutionReference
{
    /// <summary>The convolution without epilogue.</summary>
    public static double[] Forward(in ConvolutionShape shape, Operand x, Operand weight)
    {
        double[] data = x.ToArray();
        double[] weights = weight.ToArray();
        double[] result = new double[shape.OutSize];
        ConvolutionShape s = shape;
        Extents o = s.Out;
        long i = 0;
        for (long n = 0; n < s.Batch; n++)
        for (long oc = 0; oc < s.OutChannels; oc++)
        for (long od = 0; od < o.D; od++)
        for (long oh = 0; oh < o.H; oh++)
        for (long ow = 0; ow < o.W; ow++)
        {
            double sum = 0;
            for (long c = 0; c < s.GroupIn; c++)
            {
                long channel = (n * s.InChannels) + (oc / s.GroupOut * s.GroupIn) + c;
                for (long kd = 0; kd < s.Kernel.D; kd++)
                for (long kh = 0; kh < s.Kernel.H; kh++)
                {
                    long d = (od * s.Stride.D) - s.Pad.D + (kd * s.Dilate.D);
                    long h = (oh * s.Stride.H) - s.Pad.H + (kh * s.Dilate.H);
                    if (d < 0 || d >= s.In.D || h < 0 || h >= s.In.H)
                        continue;
                    long row = ((((channel * s.In.D) + d) * s.In.H) + h) * s.In.W;
                    long tap = ((((((oc * s.GroupIn) + c) * s.Kernel.D) + kd) * s.Kernel.H) + kh) * s.Kernel.W;
                    for (long kw = 0; kw < s.Kernel.W; kw++)
                    {
                        long w = (ow * s.Stride.W) - s.Pad.W + (kw * s.Dilate.W);
                        if (w >= 0 && w < s.In.W)
                            sum += data[row + w] * weights[tap + kw];
                    }
                }
            }

            result[i++] = sum;
        }

        return result;
    }
}
