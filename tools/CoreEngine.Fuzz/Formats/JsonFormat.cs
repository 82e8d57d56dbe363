namespace CoreEngine.Fuzz;

/// <summary>Formats that are JSON texts.</summary>
internal abstract class JsonFormat : FuzzFormat
{
    private readonly TextMutation _mutation;
    private readonly ReadOnlyMemory<byte>[][] _tokens;

    /// <param name="seeds">Valid texts.</param>
    /// <param name="words">Words of the format that may stand in the place of values, quoted where they are strings.</param>
    protected JsonFormat(IReadOnlyList<byte[]> seeds, IEnumerable<string> words)
    {
        Seeds = seeds;
        _mutation = new TextMutation(words);
        _tokens = [.. seeds.Select(seed => TextMutation.Split(seed))];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<byte[]> Seeds { get; }

    /// <inheritdoc/>
    public override byte[] Mutate(int seed, Random random) =>
        random.Next(6) == 0 ? ByteMutation.Apply(Seeds[seed], random) : _mutation.Apply(_tokens[seed], random);
}
