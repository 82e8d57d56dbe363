namespace CoreEngine.Graphs.Drawing;

/// <summary>
/// Places the boxes of an acyclic graph in layers from top to bottom (Sugiyama, Tagawa and Toda, "Methods for Visual
/// Understanding of Hierarchical System Structures", 1981): every arrow points down, boxes do not overlap, and arrows
/// that pass a layer go between its boxes.
/// </summary>
internal sealed class LayeredLayout
{
    /// <summary>Free space beside boxes.</summary>
    internal const double Gap = 24;

    /// <summary>Free space between layers.</summary>
    internal const double LayerGap = 34;

    // An arrow that passes a layer takes a place there; arrows longer than these allow go straight through.
    private const int MostPlaces = 100_000;

    private readonly (int From, int To)[] _edges;
    private readonly int[] _layerOf;
    private readonly List<(int First, int Count)> _passes = [];
    private readonly double[] _tops;
    private readonly double[] _bottoms;

    /// <summary>Lays out boxes.</summary>
    /// <param name="sizes">Width and height of each.</param>
    /// <param name="edges">The arrows, each from a box to one with a larger number.</param>
    internal LayeredLayout(IReadOnlyList<(double Width, double Height)> sizes, (int From, int To)[] edges)
    {
        _edges = edges;
        _layerOf = FindLayers(sizes.Count, edges);
        int layerCount = sizes.Count == 0 ? 0 : _layerOf.Max() + 1;
        var layers = new List<int>[layerCount];
        for (int layer = 0; layer < layerCount; layer++)
        {
            layers[layer] = [];
        }

        // Places: the boxes first, then where arrows pass layers.
        var widths = new List<double>();
        _tops = new double[layerCount];
        _bottoms = new double[layerCount];
        for (int box = 0; box < sizes.Count; box++)
        {
            widths.Add(sizes[box].Width);
            layers[_layerOf[box]].Add(box);
            _bottoms[_layerOf[box]] = Math.Max(_bottoms[_layerOf[box]], sizes[box].Height);
        }

        var links = new List<(int Upper, int Lower)>();
        foreach ((int from, int to) in edges)
        {
            int length = _layerOf[to] - _layerOf[from];
            bool isRouted = widths.Count - sizes.Count + length <= MostPlaces;
            _passes.Add((widths.Count, isRouted ? length - 1 : 0));
            if (!isRouted)
                continue;
            int upper = from;
            for (int layer = _layerOf[from] + 1; layer < _layerOf[to]; layer++)
            {
                layers[layer].Add(widths.Count);
                links.Add((upper, widths.Count));
                upper = widths.Count;
                widths.Add(0);
            }

            links.Add((upper, to));
        }

        double y = 0;
        for (int layer = 0; layer < layerCount; layer++)
        {
            _tops[layer] = y;
            _bottoms[layer] += y;
            y = _bottoms[layer] + LayerGap;
        }

        var neighbours = new PlaceLinks(widths.Count, links);
        LayerOrdering.Sort(layers, neighbours);
        X = LayerPositions.Find(layers, widths, neighbours, Gap);
        double left = 0;
        double right = 0;
        for (int place = 0; place < X.Length; place++)
        {
            left = Math.Min(left, X[place] - (widths[place] / 2));
        }

        for (int place = 0; place < X.Length; place++)
        {
            X[place] -= left;
            right = Math.Max(right, X[place] + (widths[place] / 2));
        }

        Width = right;
        Height = layerCount == 0 ? 0 : _bottoms[^1];
    }

    /// <summary>The middle of each box.</summary>
    internal double[] X { get; }

    internal double Width { get; }

    internal double Height { get; }

    /// <summary>The upper edge of a box.</summary>
    internal double Top(int box) => _tops[_layerOf[box]];

    /// <summary>
    /// Where an arrow passes other layers: for each the place across, and the upper and lower edge of the layer.
    /// </summary>
    internal IEnumerable<(double X, double Top, double Bottom)> Passes(int edge)
    {
        (int first, int count) = _passes[edge];
        for (int i = 0; i < count; i++)
        {
            int layer = _layerOf[_edges[edge].From] + 1 + i;
            yield return (X[first + i], _tops[layer], _bottoms[layer]);
        }
    }

    private static int[] FindLayers(int count, (int From, int To)[] edges)
    {
        int[] layers = new int[count];
        var isTarget = new bool[count];
        // Arrows lead to larger numbers only.
        foreach ((int from, int to) in edges.OrderBy(edge => edge.From))
        {
            layers[to] = Math.Max(layers[to], layers[from] + 1);
            isTarget[to] = true;
        }

        // What nothing leads to comes down to those it leads to.
        int[] nearest = new int[count];
        Array.Fill(nearest, int.MaxValue);
        foreach ((int from, int to) in edges)
        {
            nearest[from] = Math.Min(nearest[from], layers[to]);
        }

        for (int box = 0; box < count; box++)
        {
            if (!isTarget[box] && nearest[box] != int.MaxValue)
                layers[box] = nearest[box] - 1;
        }

        return layers;
    }
}
