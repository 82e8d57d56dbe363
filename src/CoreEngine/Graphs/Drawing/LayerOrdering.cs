namespace CoreEngine.Graphs.Drawing;

/// <summary>
/// Orders the places within each layer so that few arrows cross: each place goes to the mean of those it is linked with
/// in the layer before, down and up again, and the best order is kept.
/// </summary>
internal static class LayerOrdering
{
    private const int Sweeps = 16;

    internal static void Sort(List<int>[] layers, PlaceLinks links)
    {
        int[] position = new int[layers.Sum(layer => layer.Count)];
        SetPositions(layers, position);
        int[][] best = Copy(layers);
        long fewest = CountCrossings(layers, links, position);
        for (int sweep = 0; sweep < Sweeps && fewest > 0; sweep++)
        {
            bool isDown = sweep % 2 == 0;
            for (int i = 1; i < layers.Length; i++)
            {
                List<int> layer = layers[isDown ? i : layers.Length - 1 - i];
                double[] keys =
                [
                    .. layer.Select(place => Mean(isDown ? links.Above(place) : links.Below(place), place)),
                ];
                int[] sorted = [.. layer];
                // Stable, so that what is equal keeps its order.
                sorted = [.. sorted.Zip(keys).OrderBy(pair => pair.Second).Select(pair => pair.First)];
                for (int p = 0; p < sorted.Length; p++)
                {
                    layer[p] = sorted[p];
                    position[sorted[p]] = p;
                }
            }

            long crossings = CountCrossings(layers, links, position);
            if (crossings < fewest)
            {
                fewest = crossings;
                best = Copy(layers);
            }
        }

        for (int i = 0; i < layers.Length; i++)
        {
            layers[i].Clear();
            layers[i].AddRange(best[i]);
        }

        double Mean(List<int> others, int place)
        {
            if (others.Count == 0)
                return position[place];
            double sum = 0;
            foreach (int other in others)
            {
                sum += position[other];
            }

            return sum / others.Count;
        }
    }

    private static void SetPositions(List<int>[] layers, int[] position)
    {
        foreach (List<int> layer in layers)
        {
            for (int p = 0; p < layer.Count; p++)
            {
                position[layer[p]] = p;
            }
        }
    }

    private static int[][] Copy(List<int>[] layers) => Array.ConvertAll(layers, layer => layer.ToArray());

    /// <summary>Crossings between neighbouring layers, counted as inversions with a Fenwick tree.</summary>
    private static long CountCrossings(List<int>[] layers, PlaceLinks links, int[] position)
    {
        long crossings = 0;
        for (int i = 1; i < layers.Length; i++)
        {
            int width = layers[i].Count;
            long[] tree = new long[width + 1];
            long seen = 0;
            foreach (int upper in layers[i - 1])
            {
                foreach (int lower in links.Below(upper))
                {
                    // Those seen before that end further right; links of one place do not cross each other.
                    crossings += seen - CountUpTo(tree, position[lower]);
                }

                foreach (int lower in links.Below(upper))
                {
                    for (int at = position[lower] + 1; at <= width; at += at & -at)
                    {
                        tree[at]++;
                    }

                    seen++;
                }
            }
        }

        return crossings;
    }

    private static long CountUpTo(long[] tree, int position)
    {
        long count = 0;
        for (int at = position + 1; at > 0; at -= at & -at)
        {
            count += tree[at];
        }

        return count;
    }
}
