namespace CoreEngine.Graphs.Drawing;

/// <summary>
/// Finds how far right each place lies: as near as possible to the mean of those it is linked with, in the order of its
/// layer and with room between neighbours. For one layer that is a least-squares problem, which merging neighbours that
/// push each other solves exactly (pool adjacent violators).
/// </summary>
internal static class LayerPositions
{
    // Odd, so that the last goes down: chains end up straight below where they start.
    private const int Sweeps = 15;

    // Arrows that pass a layer shall be straight rather than boxes centred.
    private const double PassWeight = 4;

    internal static double[] Find(List<int>[] layers, IReadOnlyList<double> widths, PlaceLinks links, double gap)
    {
        double[] x = new double[widths.Count];
        foreach (List<int> layer in layers)
        {
            double right = 0;
            foreach (int place in layer)
            {
                x[place] = right + (widths[place] / 2);
                right += widths[place] + gap;
            }

            foreach (int place in layer)
            {
                x[place] -= right / 2;
            }
        }

        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            bool isDown = sweep % 2 == 0;
            for (int i = 0; i < layers.Length; i++)
            {
                List<int> layer = layers[isDown ? i : layers.Length - 1 - i];
                double[] wanted =
                [
                    .. layer.Select(place => Mean(place, isDown ? links.Above(place) : links.Below(place))),
                ];
                Settle(layer, wanted, widths, gap, x);
            }
        }

        return x;

        double Mean(int place, List<int> others)
        {
            double sum = 0;
            foreach (int other in others)
            {
                sum += x[other];
            }

            return others.Count == 0 ? x[place] : sum / others.Count;
        }
    }

    private static void Settle(List<int> layer, double[] wanted, IReadOnlyList<double> widths, double gap, double[] x)
    {
        // Seen from where they would lie packed to the left, places only have to keep their order.
        double[] packed = new double[layer.Count];
        for (int i = 1; i < packed.Length; i++)
        {
            packed[i] = packed[i - 1] + ((widths[layer[i - 1]] + widths[layer[i]]) / 2) + gap;
        }

        var groups = new List<(double Sum, double Weight, int Count)>();
        for (int i = 0; i < packed.Length; i++)
        {
            double weight = widths[layer[i]] == 0 ? PassWeight : 1;
            (double Sum, double Weight, int Count) group = (weight * (wanted[i] - packed[i]), weight, 1);
            while (groups.Count > 0 && groups[^1].Sum / groups[^1].Weight > group.Sum / group.Weight)
            {
                group = (groups[^1].Sum + group.Sum, groups[^1].Weight + group.Weight, groups[^1].Count + group.Count);
                groups.RemoveAt(groups.Count - 1);
            }

            groups.Add(group);
        }

        int next = 0;
        foreach ((double sum, double weight, int count) in groups)
        {
            for (int i = 0; i < count; i++, next++)
            {
                x[layer[next]] = (sum / weight) + packed[next];
            }
        }
    }
}
