using CoreEngine.Files;
using CoreEngine.Runtime;

namespace CoreEngine.Fuzz;

/// <summary>IDX files, plain and packed.</summary>
internal sealed class IdxFormat : FuzzFormat
{
    private readonly FieldMap[] _maps;

    public IdxFormat()
    {
        Seeds =
        [
            Convert.FromHexString("00000803000000020000000100000003" + "010203040506"),
            Convert.FromHexString("00000D020000000200000001" + "3F8000003F800000"),
            Convert.FromHexString("00000E0100000001" + "3FF0000000000000"),
        ];
        _maps = [.. Seeds.Select(Map)];
    }

    /// <inheritdoc/>
    public override string Name => "idx";

    /// <inheritdoc/>
    public override IReadOnlyList<byte[]> Seeds { get; }

    /// <inheritdoc/>
    public override bool MayExpand => true;

    /// <inheritdoc/>
    public override byte[] Mutate(int seed, Random random)
    {
        byte[] changed =
            random.Next(3) == 0
                ? ByteMutation.Apply(Seeds[seed], random)
                : _maps[seed].ChangeNumbers(Seeds[seed], random);
        return Gzip.Sometimes(changed, random);
    }

    /// <inheritdoc/>
    public override object Read(byte[] input, StoragePool pool)
    {
        using var stream = new MemoryStream(input, writable: false);
        return IdxFile.Read(stream, "the input", pool);
    }

    /// <inheritdoc/>
    public override void CheckAccepted(object value, StoragePool pool)
    {
        var array = (StoredArray)value;
        if (array.Data.ByteLength != array.Data.Bytes.Length || array.Shape.Rank == 0)
        {
            throw new InvalidDataException("The values do not fit the shape.");
        }
    }

    private static FieldMap Map(byte[] file)
    {
        var map = new FieldMap();
        map.Numbers.Add(new NumberField(0, 2));
        map.Numbers.Add(new NumberField(2, 1));
        for (int i = 0; i <= file[3]; i++)
        {
            map.Numbers.Add(i == 0 ? new NumberField(3, 1) : new NumberField(4 * i, 4, IsBigEndian: true));
        }

        return map;
    }
}
