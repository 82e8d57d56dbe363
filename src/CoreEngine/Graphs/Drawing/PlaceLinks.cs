namespace CoreEngine.Graphs.Drawing;

/// <summary>Which places of the layer above and below each place is linked with.</summary>
internal sealed class PlaceLinks
{
    private readonly List<int>[] _above;
    private readonly List<int>[] _below;

    internal PlaceLinks(int count, IReadOnlyList<(int Upper, int Lower)> links)
    {
        _above = new List<int>[count];
        _below = new List<int>[count];
        for (int i = 0; i < count; i++)
        {
            _above[i] = [];
            _below[i] = [];
        }

        foreach ((int upper, int lower) in links)
        {
            _below[upper].Add(lower);
            _above[lower].Add(upper);
        }
    }

    internal List<int> Above(int place) => _above[place];

    internal List<int> Below(int place) => _below[place];
}
