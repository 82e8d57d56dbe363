namespace CoreEngine.Data;

/// <summary>
/// The labels of an image with objects: how many numbers the header has, how many an object has, the rest of the header, and for
/// each object its class, left, top, right and bottom edge in shares of the image, and whatever else there is.
/// </summary>
internal sealed class DetectionLabel
{
    private const int Left = 1;
    private const int Top = 2;
    private const int Right = 3;
    private const int Bottom = 4;
    private readonly float[] _header;
    private readonly int _width;
    private List<float[]> _objects = [];

    /// <exception cref="EngineException">The numbers are no such label.</exception>
    internal DetectionLabel(float[] raw)
    {
        const int Fewest = 7;
        int header = raw.Length >= Fewest && raw[0] is >= 2 and < 1 << 20 ? (int)raw[0] : 0;
        _width = raw.Length >= Fewest && raw[1] is >= 5 and < 1 << 20 ? (int)raw[1] : 0;
        if (header == 0 || _width == 0 || header > raw.Length || (raw.Length - header) % _width != 0)
        {
            throw new EngineException(
                $"{raw.Length} labels are none of objects: they begin with the header's length (2 or more) and an object's "
                    + "length (5 or more), then come the rest of the header and at least one object."
            );
        }

        _header = raw[..header];
        for (int i = header; i < raw.Length; i += _width)
        {
            float[] item = raw[i..(i + _width)];
            if (item[Right] > item[Left] && item[Bottom] > item[Top])
                _objects.Add(item);
        }
    }

    internal float[] ToArray() => [.. _header, .. _objects.SelectMany(item => item)];

    internal void Mirror()
    {
        foreach (float[] item in _objects)
        {
            (item[Left], item[Right]) = (1 - item[Right], 1 - item[Left]);
        }
    }

    /// <summary>Tells everything in shares of a larger image in which this one lies.</summary>
    internal void Pad(Box frame)
    {
        foreach (float[] item in _objects)
        {
            Project(item, frame);
        }
    }

    /// <summary>Tells everything in shares of a part, if the part is like what is asked for and objects are left.</summary>
    internal bool TryCrop(Box part, CropSampler sampler, CropEmitMode mode, float threshold)
    {
        if (_objects.Count == 0)
            return true;
        if (!_objects.Exists(item => Fits(part, BoxOf(item), sampler)))
            return false;
        List<float[]> left = _objects.FindAll(item =>
            mode == CropEmitMode.Center
                ? part.Contains((item[Left] + item[Right]) / 2, (item[Top] + item[Bottom]) / 2)
                : part.Intersect(BoxOf(item)) / BoxOf(item).Area > threshold
        );
        if (left.Count == 0)
            return false;
        foreach (float[] item in left)
        {
            Project(item, part);
        }

        _objects = left;
        return true;
    }

    private static bool Fits(Box part, Box item, CropSampler sampler)
    {
        float shared = part.Intersect(item);
        return IsBetween(shared / (part.Area + item.Area - shared), sampler.MinOverlap, sampler.MaxOverlap)
            && IsBetween(shared / part.Area, sampler.MinPartCovered, sampler.MaxPartCovered)
            && IsBetween(shared / item.Area, sampler.MinObjectCovered, sampler.MaxObjectCovered);
    }

    // From 0 to 1 is everything, whatever rounding makes of it.
    private static bool IsBetween(float share, float low, float high) =>
        (low <= 0 && high >= 1) || (share >= low && share <= high);

    private static Box BoxOf(float[] item) =>
        new(item[Left], item[Top], item[Right] - item[Left], item[Bottom] - item[Top]);

    private static void Project(float[] item, Box box)
    {
        item[Left] = MathF.Max(0, (item[Left] - box.X) / box.Width);
        item[Top] = MathF.Max(0, (item[Top] - box.Y) / box.Height);
        item[Right] = MathF.Min(1, (item[Right] - box.X) / box.Width);
        item[Bottom] = MathF.Min(1, (item[Bottom] - box.Y) / box.Height);
    }
}
