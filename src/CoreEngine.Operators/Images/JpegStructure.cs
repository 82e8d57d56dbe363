using System.Buffers.Binary;

namespace CoreEngine.Operators;

/// <summary>
/// Checks the skeleton of a JPEG file (ITU-T T.81, annex B) before it is decoded: that there are bytes for the pixels
/// that its header claims, that its scans give every component its values, and that they are no endless work.
/// </summary>
internal ref struct JpegStructure
{
    private const byte HuffmanTables = 0xC4;
    private const byte QuantizationTables = 0xDB;
    private const byte StartOfScan = 0xDA;
    private const byte EndOfImage = 0xD9;
    private const byte RestartInterval = 0xDD;

    /// <summary>Blocks that scans without a lower limit of bits may visit: always, and for each byte of the file.</summary>
    private const long FreeVisits = 1 << 22;
    private const long VisitsPerByte = 64;

    private readonly ReadOnlySpan<byte> _file;
    private int _at;
    private int _height;
    private int _width;
    private bool _isProgressive;
    private int _restartInterval;
    private long _freeVisits;
    private Component[] _components;

    private JpegStructure(ReadOnlySpan<byte> file)
    {
        _file = file;
        _at = 2;
        _components = [];
    }

    /// <summary>The first bytes of a JPEG file.</summary>
    internal static ReadOnlySpan<byte> Signature => [0xFF, 0xD8];

    /// <summary>What a cut off file lacks.</summary>
    internal static ReadOnlySpan<byte> End => [0xFF, EndOfImage];

    /// <summary>Says what is wrong with a file; null when it can be decoded.</summary>
    /// <param name="file">The file, which begins with <see cref="Signature"/>.</param>
    /// <param name="end">Where the image ends, behind the mark of its end.</param>
    internal static string? Problem(ReadOnlySpan<byte> file, out long end)
    {
        var structure = new JpegStructure(file);
        string? problem = structure.Walk();
        end = structure._at;
        return problem;
    }

    private string? Walk()
    {
        while (true)
        {
            int marker = Marker();
            if (marker == EndOfImage)
                return _components.Length > 0 && Array.TrueForAll(_components, one => one.IsGiven)
                    ? null
                    : "it ends before every component has values";
            if (marker is < 0xC0 or >= 0xD0 and <= 0xD8)
                return "a segment begins with no marker of one";
            if (Part(2) is not [var high, var low] || ((high << 8) | low) < 2)
                return "a segment lacks its length";
            if (!TryPart(((high << 8) | low) - 2, out ReadOnlySpan<byte> body))
                return "a segment is longer than the file";
            string? problem = marker switch
            {
                0xC0 or 0xC1 or 0xC2 => Frame(body, marker == 0xC2),
                QuantizationTables => QuantizationProblem(body),
                HuffmanTables => HuffmanProblem(body),
                RestartInterval => Restart(body),
                StartOfScan => Scan(body),
                _ => null,
            };
            if (problem is not null)
                return problem;
        }
    }

    /// <summary>The next marker; the file's end counts as the mark of the image's end, as libjpeg has it.</summary>
    private int Marker()
    {
        // Only before the frame may other bytes stand between segments; behind it, the decoder stops at them.
        while (_components.Length == 0 && _at < _file.Length && _file[_at] != 0xFF)
            _at++;
        if (_at >= _file.Length)
        {
            _at = _file.Length + End.Length;
            return EndOfImage;
        }

        if (_file[_at] != 0xFF)
            return 0;
        while (_at < _file.Length && _file[_at] == 0xFF)
            _at++;
        if (_at < _file.Length)
            return _file[_at++];
        _at = _file.Length + End.Length;
        return EndOfImage;
    }

    private string? Frame(ReadOnlySpan<byte> body, bool isProgressive)
    {
        if (_components.Length > 0)
            return "it has two frames";
        if (body.Length < 6 || body[5] is not (1 or 3 or 4) || body.Length != 6 + (3 * body[5]))
            return "its frame has no length that fits";
        _height = BinaryPrimitives.ReadUInt16BigEndian(body[1..]);
        _width = BinaryPrimitives.ReadUInt16BigEndian(body[3..]);
        _isProgressive = isProgressive;
        _components = new Component[body[5]];
        for (int i = 0; i < _components.Length; i++)
        {
            ReadOnlySpan<byte> one = body[(6 + (3 * i))..];
            _components[i] = new Component(one[0], one[1] >> 4, one[1] & 15);
            if (_components[i].Across is < 1 or > 4 || _components[i].Down is < 1 or > 4)
                return "a component has no sampling";
        }

        return null;
    }

    // A decoder that reads tables to their own end goes beyond the segment when they are longer.
    private static string? QuantizationProblem(ReadOnlySpan<byte> body)
    {
        while (body.Length > 0)
        {
            int length = 1 + (64 * (body[0] >> 4 == 0 ? 1 : 2));
            if (length > body.Length)
                return "a quantization table is longer than its segment";
            body = body[length..];
        }

        return null;
    }

    private static string? HuffmanProblem(ReadOnlySpan<byte> body)
    {
        while (body.Length > 0)
        {
            int length = 17;
            for (int i = 1; i < Math.Min(17, body.Length); i++)
                length += body[i];
            if (length > body.Length)
                return "a Huffman table is longer than its segment";
            body = body[length..];
        }

        return null;
    }

    private string? Restart(ReadOnlySpan<byte> body)
    {
        if (body.Length != 2)
            return "its restart interval has no length that fits";
        _restartInterval = BinaryPrimitives.ReadUInt16BigEndian(body);
        return null;
    }

    private string? Scan(ReadOnlySpan<byte> body)
    {
        if (body.Length < 1 || body[0] is < 1 or > 4 || body.Length != 4 + (2 * body[0]) || _components.Length == 0)
            return "a scan has no length that fits";
        bool isFirst = !_isProgressive || (body[^3] == 0 && body[^1] >> 4 == 0);
        long perUnit = 0;
        Component only = _components[0];
        for (int i = 0; i < body[0]; i++)
        {
            byte name = body[1 + (2 * i)];
            int which = Array.FindIndex(_components, one => one.Name == name);
            if (which < 0)
                return "a scan is of a component that is not there";
            only = _components[which];
            if (!isFirst && !only.IsGiven)
                return "a scan refines a component that has no values yet";
            _components[which] = only with { IsGiven = true };
            perUnit += only.Across * only.Down;
        }

        long units = body[0] == 1 ? BlocksOf(only) : Units;
        long blocks = body[0] == 1 ? units : units * perUnit;
        int begin = _at;
        long restarts = SkipEntropyCoded();
        if (restarts != (_restartInterval == 0 ? 0 : (units - 1) / _restartInterval))
            return "a scan has not the restart markers that it needs";
        // A block takes one bit for its mean at least, and another one for the end of a block.
        long leastBits = body[^3] == 0 ? blocks * (_isProgressive ? 1 : 2) : 0;
        if (leastBits > 8L * (_at - begin))
            return $"{_at - begin:N0} bytes of a scan cannot hold {blocks:N0} blocks";
        if (leastBits == 0)
            _freeVisits += blocks;
        return _freeVisits > FreeVisits + (VisitsPerByte * _file.Length) ? "its scans are endless" : null;
    }

    private readonly int MostAcross => _components.Max(one => one.Across);

    private readonly int MostDown => _components.Max(one => one.Down);

    private readonly long Units => Parts(_width, 8 * MostAcross) * Parts(_height, 8 * MostDown);

    private readonly long BlocksOf(Component one) =>
        Parts(Parts(_width * one.Across, MostAcross), 8) * Parts(Parts(_height * one.Down, MostDown), 8);

    private static long Parts(long whole, int part) => (whole + part - 1) / part;

    /// <summary>
    /// Goes to the marker behind entropy-coded data and counts the restart markers in it. One without data behind it
    /// makes the count wrong on purpose: a decoder that is out of step there could not be told from one that is not.
    /// </summary>
    private long SkipEntropyCoded()
    {
        long restarts = 0;
        for (int begin = _at; ; )
        {
            int length = _file[_at..].IndexOf((byte)0xFF);
            int mark = length < 0 ? _file.Length : _at + length;
            int code = mark;
            while (code < _file.Length && _file[code] == 0xFF)
                code++;
            if (code >= _file.Length)
            {
                _at = mark;
                return mark == begin ? -1 : restarts;
            }

            if (_file[code] == 0)
            {
                _at = code + 1;
                continue;
            }

            if (mark == begin)
                return -1;
            if (_file[code] is not (>= 0xD0 and <= 0xD7))
            {
                _at = mark;
                return restarts;
            }

            restarts++;
            _at = begin = code + 1;
        }
    }

    private ReadOnlySpan<byte> Part(int length) => TryPart(length, out ReadOnlySpan<byte> part) ? part : [];

    private bool TryPart(int length, out ReadOnlySpan<byte> part)
    {
        bool isThere = length <= _file.Length - _at;
        part = isThere ? _file.Slice(_at, length) : [];
        _at += part.Length;
        return isThere;
    }

    private readonly record struct Component(byte Name, int Across, int Down, bool IsGiven = false);
}
