namespace CoreEngine.Kernels;

/// <summary>
/// Normally distributed numbers by the ziggurat method: 128 layers of one area cover the density, and a point of a layer lies
/// under the density nearly always, which one comparison tells.
/// </summary>
/// <remarks>
/// G. Marsaglia, W. W. Tsang: The Ziggurat Method for Generating Random Variables, 2000, in the form of J. A. Doornik: An
/// Improved Ziggurat Method to Generate Normal Random Samples, 2005, whose layer and place come from different bits.
/// </remarks>
internal static class Ziggurat
{
    private const int Layers = 128;

    /// <summary>Where the tail begins.</summary>
    private const double Tail = 3.442619855899;

    /// <summary>The area of a layer.</summary>
    private const double Area = 9.91256303526217e-3;

    private static readonly double[] s_edges = Edges();
    private static readonly double[] s_inside = Inside();

    /// <summary>A number of mean 0 and deviation 1.</summary>
    internal static double Next(ref Philox random)
    {
        while (true)
        {
            ulong bits = random.NextUInt64();
            // The place takes the upper 53 bits, the layer some of the others.
            int layer = (int)(bits & (Layers - 1));
            double place = (2 * Philox.ToDouble(bits)) - 1;
            double x = place * s_edges[layer];
            if (Math.Abs(place) < s_inside[layer])
                return x;
            if (layer == 0)
                return FromTail(ref random, place < 0);
            double upper = Math.Exp(-0.5 * ((s_edges[layer] * s_edges[layer]) - (x * x)));
            double lower = Math.Exp(-0.5 * ((s_edges[layer + 1] * s_edges[layer + 1]) - (x * x)));
            if (lower + (random.NextDouble() * (upper - lower)) < 1)
                return x;
        }
    }

    private static double FromTail(ref Philox random, bool isNegative)
    {
        while (true)
        {
            double x = Math.Log(1 - random.NextDouble()) / Tail;
            double y = Math.Log(1 - random.NextDouble());
            if (-2 * y >= x * x)
                return isNegative ? x - Tail : Tail - x;
        }
    }

    /// <summary>The right edges of the layers, the widest first; the last one is 0.</summary>
    private static double[] Edges()
    {
        double[] edges = new double[Layers + 1];
        double density = Math.Exp(-0.5 * Tail * Tail);
        edges[0] = Area / density;
        edges[1] = Tail;
        for (int i = 2; i < Layers; i++)
        {
            edges[i] = Math.Sqrt(-2 * Math.Log((Area / edges[i - 1]) + density));
            density = Math.Exp(-0.5 * edges[i] * edges[i]);
        }

        return edges;
    }

    /// <summary>Of each layer the part that lies under the density whatever its height.</summary>
    private static double[] Inside()
    {
        double[] inside = new double[Layers];
        for (int i = 0; i < Layers; i++)
        {
            inside[i] = s_edges[i + 1] / s_edges[i];
        }

        return inside;
    }
}
