namespace CoreEngine.Fuzz;

/// <summary>
/// Finds the numbers and parts of a valid MXNet array file. Written from the format, not from the reader, so that a
/// misunderstanding of one is not shared by the other.
/// </summary>
internal sealed class ArrayFileMap
{
    private const uint MagicV1 = 0xF993FAC8;
    private const uint MagicV2 = 0xF993FAC9;
    private const uint MagicV3 = 0xF993FACA;

    /// <summary>Bytes of an element by the number of its type; the last is MXNet 1.6's truth value.</summary>
    private static readonly int[] s_itemSizes = [4, 8, 2, 1, 4, 1, 8, 1];

    private readonly byte[] _file;
    private readonly FieldMap _map = new();
    private int _at;

    private ArrayFileMap(byte[] file) => _file = file;

    /// <summary>The map of a list of arrays.</summary>
    public static FieldMap OfList(byte[] file)
    {
        var walk = new ArrayFileMap(file);
        _ = walk.Number(8);
        _ = walk.Number(8);
        walk.AddList(walk.AddArray);
        walk.AddList(walk.AddName);
        return walk._map;
    }

    /// <summary>The map of one array without a list around it.</summary>
    public static FieldMap OfArray(byte[] file)
    {
        var walk = new ArrayFileMap(file);
        walk.AddArray();
        return walk._map;
    }

    private void AddList(Action addPart)
    {
        var count = new NumberField(_at, 8);
        var parts = new List<(int, int)>();
        for (long i = Number(8); i > 0; i--)
        {
            int begin = _at;
            addPart();
            parts.Add((begin, _at));
        }

        _map.Lists.Add(new RepeatedParts(count, parts));
    }

    private void AddName()
    {
        long length = Number(8);
        _at += (int)length;
    }

    private void AddArray()
    {
        uint magic = (uint)Number(4);
        bool hasStorage = magic is MagicV2 or MagicV3;
        long indexArrays = hasStorage ? Number(4) : 0;
        long? stored = indexArrays > 0 ? Elements(Number(4), 8) : null;
        long rank = hasStorage || magic == MagicV1 ? (int)Number(4) : magic;
        if (rank is 0 or -1)
        {
            return;
        }

        long elements = Elements(rank, hasStorage || magic == MagicV1 ? 8 : 4);
        _ = Number(4);
        _ = Number(4);
        long values = (stored ?? elements) * s_itemSizes[Number(4)];
        var indices = new List<(long Count, int Width)>();
        for (; indexArrays > 0; indexArrays--)
        {
            int width = s_itemSizes[Number(4)];
            indices.Add((Elements(Number(4), 8), width));
        }

        _at += (int)values;
        foreach ((long count, int width) in indices)
        {
            for (long i = 0; i < count; i++)
            {
                _ = Number(width);
            }
        }
    }

    private long Elements(long rank, int width)
    {
        long product = 1;
        for (; rank > 0; rank--)
        {
            product *= Number(width);
        }

        return product;
    }

    private long Number(int width)
    {
        var field = new NumberField(_at, width);
        _map.Numbers.Add(field);
        _at += width;
        return FieldMap.Get(_file, field);
    }
}
