using CoreEngine.Files;
using CoreEngine.Runtime;

namespace CoreEngine.Fuzz;

/// <summary>Tables of numbers as text, plain and packed.</summary>
internal sealed class TableFormat : FuzzFormat
{
    private static readonly TextMutation s_text = new("\n", "\r\n", " ", "1e38", "1e39", ",,");

    private readonly ReadOnlyMemory<byte>[][] _texts;

    public TableFormat()
    {
        Seeds = ["1,2,3\n4,5.5,6\n-7,8e1,9\n"u8.ToArray(), " 1 , -2e-3\r\n\r\n3,4"u8.ToArray()];
        _texts = [.. Seeds.Select(seed => TextMutation.Split(seed))];
    }

    /// <inheritdoc/>
    public override string Name => "table";

    /// <inheritdoc/>
    public override IReadOnlyList<byte[]> Seeds { get; }

    /// <inheritdoc/>
    public override bool MayExpand => true;

    /// <inheritdoc/>
    public override byte[] Mutate(int seed, Random random)
    {
        byte[] changed =
            random.Next(3) == 0 ? ByteMutation.Apply(Seeds[seed], random) : s_text.Apply(_texts[seed], random);
        return Gzip.Sometimes(changed, random);
    }

    /// <inheritdoc/>
    public override object Read(byte[] input, StoragePool pool)
    {
        using var stream = new MemoryStream(input, writable: false);
        return NumericCsvFile.Read(stream, "the input");
    }

    /// <inheritdoc/>
    public override void CheckAccepted(object value, StoragePool pool)
    {
        var table = (NumericTable)value;
        if (table.Values.Length != table.Rows * table.Columns || !table.Values.All(float.IsFinite))
        {
            throw new InvalidDataException("The table has not as many finite numbers as it says.");
        }
    }
}
