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
                double[] wanted = [.. layer.Select(place => Mean(place, isDown))];
                Settle(layer, wanted, widths, gap, x);
            }
        }

        return x;

        double Mean(int place, bool isDown)
        {
            List<int> others = isDown ? links.Above(place) : links.Below(place);
            if (others.Count == 0)
                others = isDown ? links.Below(place) : links.Above(place);
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

        var groups = new List<(double Sum, int Count)>();
        for (int i = 0; i < packed.Length; i++)
        {
            (double Sum, int Count) group = (wanted[i] - packed[i], 1);
            while (groups.Count > 0 && groups[^1].Sum / groups[^1].Count > group.Sum / group.Count)
            {
                group = (groups[^1].Sum + group.Sum, groups[^1].Count + group.Count);
                groups.RemoveAt(groups.Count - 1);
            }

            groups.Add(group);
        }

        int next = 0;
        foreach ((double sum, int count) in groups)
        {
            for (int i = 0; i < count; i++, next++)
            {
                x[layer[next]] = (sum / count) + packed[next];
            }
        }
    }
}
