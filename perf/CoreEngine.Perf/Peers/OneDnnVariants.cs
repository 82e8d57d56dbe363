namespace CoreEngine.Perf;

/// <summary>One primitive of oneDNN for each number of threads up to a largest: the peer is taken at its best.</summary>
internal sealed unsafe class OneDnnVariants : IDisposable
{
    private readonly List<OneDnnPrimitive> _primitives = [];
    private readonly List<PeerVariant> _variants = [];

    /// <param name="threads">The largest number of threads.</param>
    /// <param name="make">Makes the primitive; called once for each number of threads, which is set then.</param>
    /// <exception cref="OneDnnException">oneDNN has no such primitive.</exception>
    public OneDnnVariants(int threads, Func<OneDnnPrimitive> make)
    {
        for (int count = 1; count <= threads; count++)
        {
            int own = count;
            OpenMp.SetThreads(own);
            OneDnnPrimitive primitive = make();
            _primitives.Add(primitive);
            _variants.Add(
                PeerVariant.Here(
                    own == 1 ? "1 thread" : $"{own} threads",
                    primitive.Execute,
                    () => OpenMp.SetThreads(own)
                )
            );
        }
    }

    /// <summary>For <see cref="Paired"/>.</summary>
    public IReadOnlyList<PeerVariant> Variants => _variants;

    /// <summary>Executes once and reads a result in its plain layout.</summary>
    public void Read(OneDnnArg argument, float* target)
    {
        OpenMp.SetThreads(1);
        _primitives[0].Execute();
        _primitives[0].Read(argument, target);
    }

    /// <inheritdoc/>
    public void Dispose() => _primitives.ForEach(static primitive => primitive.Dispose());
}
