namespace CoreEngine.Kernels;

/// <summary>
/// The geometry of a stack of recurrent layers over data (Steps, Batch, Inputs), and where its parameters lie in their one
/// array.
/// </summary>
/// <remarks>
/// The array holds, layer after layer and in it direction after direction, the input weights (gates * Units, inputs of the
/// layer) and the recurrent weights (gates * Units, Units); then, in the same order, the input bias and the recurrent bias
/// (gates * Units each). Layers after the first have Directions * Units inputs. Results are (Steps, Batch, Directions *
/// Units), states (Layers * Directions, Batch, Units).
/// </remarks>
/// <param name="Mode">The cell.</param>
/// <param name="Steps">Length of the sequences.</param>
/// <param name="Batch">Number of sequences.</param>
/// <param name="Inputs">Values of one step of one sequence.</param>
/// <param name="Units">Values of a state.</param>
/// <param name="Layers">Layers above one another.</param>
/// <param name="Directions">1, or 2: the second direction reads the sequence from its end.</param>
public readonly record struct RecurrentShape(
    RecurrentMode Mode,
    long Steps,
    long Batch,
    long Inputs,
    long Units,
    long Layers,
    long Directions
)
{
    /// <summary>Gates of a cell: rows of a weight matrix for each unit.</summary>
    public long Gates =>
        Mode switch
        {
            RecurrentMode.Lstm => 4,
            RecurrentMode.Gru => 3,
            _ => 1,
        };

    /// <summary>Elements of the array of parameters.</summary>
    public long ParameterSize => BiasOffset(Layers, 0);

    /// <summary>Elements of all states of one kind.</summary>
    public long StateSize => Layers * Directions * Batch * Units;

    /// <summary>Elements of the result.</summary>
    public long OutSize => Steps * Batch * OutWidth;

    /// <summary>Values of one step of a layer's result.</summary>
    internal long OutWidth => Directions * Units;

    /// <summary>Steps times sequences.</summary>
    internal long Rows => Steps * Batch;

    /// <summary>
    /// Values that are kept for each unit and step: the gates after their functions. A GRU keeps the recurrent part of its
    /// third gate as well; the order then is r, z, that part, n.
    /// </summary>
    internal long Slots => Mode == RecurrentMode.Gru ? 4 : Gates;

    /// <summary>Inputs of a layer.</summary>
    internal long LayerInputs(long layer) => layer == 0 ? Inputs : OutWidth;

    /// <summary>First element of the input weights of a layer and direction.</summary>
    internal long WeightOffset(long layer, long direction)
    {
        long first = Directions * Gates * Units * (Inputs + Units);
        long other = Directions * Gates * Units * (OutWidth + Units);
        long before = layer == 0 ? 0 : first + ((layer - 1) * other);
        return before + (direction * Gates * Units * (LayerInputs(layer) + Units));
    }

    /// <summary>First element of the recurrent weights of a layer and direction.</summary>
    internal long RecurrentOffset(long layer, long direction) =>
        WeightOffset(layer, direction) + (Gates * Units * LayerInputs(layer));

    /// <summary>First element of the input bias of a layer and direction; the recurrent bias follows it.</summary>
    internal long BiasOffset(long layer, long direction) =>
        WeightOffset(Layers, 0) + (((layer * Directions) + direction) * 2 * Gates * Units);
}
