namespace CoreEngine.Kernels.Tests;

/// <summary>The three passes of a convolution by their definition, in float64.</summary>
internal static class ConvolutionPasses
{
    /// <summary>y += convolution(x, weight).</summary>
    public static void Forward(in ConvolutionShape shape, double[] x, double[] weight, double[] y) =>
        Visit(shape, x, weight, y, Pass.Forward);

    /// <summary>dx += the adjoint applied to dy.</summary>
    public static void BackwardData(in ConvolutionShape shape, double[] dy, double[] weight, double[] dx) =>
        Visit(shape, dx, weight, dy, Pass.Data);

    /// <summary>dw += products of dy and the data under the window.</summary>
    public static void BackwardWeight(in ConvolutionShape shape, double[] x, double[] dy, double[] dw) =>
        Visit(shape, x, dw, dy, Pass.Weight);

    private static void Visit(in ConvolutionShape s, double[] x, double[] w, double[] y, Pass pass)
    {
        Extents o = s.Out;
        long groupIn = s.InChannels / s.Groups;
        long groupOut = s.OutChannels / s.Groups;
        long result = 0;
        for (long n = 0; n < s.Batch; n++)
        for (long oc = 0; oc < s.OutChannels; oc++)
        for (long od = 0; od < o.D; od++)
        for (long oh = 0; oh < o.H; oh++)
        for (long ow = 0; ow < o.W; ow++, result++)
        {
            long tap = oc * groupIn * s.Kernel.Product;
            for (long c = 0; c < groupIn; c++)
            for (long kd = 0; kd < s.Kernel.D; kd++)
            for (long kh = 0; kh < s.Kernel.H; kh++)
            for (long kw = 0; kw < s.Kernel.W; kw++, tap++)
            {
                long d = (od * s.Stride.D) - s.Pad.D + (kd * s.Dilate.D);
                long h = (oh * s.Stride.H) - s.Pad.H + (kh * s.Dilate.H);
                long column = (ow * s.Stride.W) - s.Pad.W + (kw * s.Dilate.W);
                if (d < 0 || d >= s.In.D || h < 0 || h >= s.In.H || column < 0 || column >= s.In.W)
                {
                    continue;
                }

                long channel = (n * s.InChannels) + (oc / groupOut * groupIn) + c;
                long element = (((((channel * s.In.D) + d) * s.In.H) + h) * s.In.W) + column;
                switch (pass)
                {
                    case Pass.Forward:
                        y[result] += x[element] * w[tap];
                        break;
                    case Pass.Data:
                        x[element] += y[result] * w[tap];
                        break;
                    default:
                        w[tap] += y[result] * x[element];
                        break;
                }
            }
        }
    }

    private enum Pass
    {
        Forward,
        Data,
        Weight,
    }
}
