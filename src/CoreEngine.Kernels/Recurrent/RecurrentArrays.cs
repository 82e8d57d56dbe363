namespace CoreEngine.Kernels;

/// <summary>The arrays of a recurrent pass, all of one type; see <see cref="RecurrentShape"/> for their extents.</summary>
public unsafe struct RecurrentArrays
{
    /// <summary>Data, (Steps, Batch, Inputs).</summary>
    public void* Data { get; set; }

    /// <summary>All weights and biases.</summary>
    public void* Parameters { get; set; }

    /// <summary>States before the first step.</summary>
    public void* State { get; set; }

    /// <summary>An LSTM's cells before the first step.</summary>
    public void* Cell { get; set; }

    /// <summary>The last layer's states at every step; null when nobody wants them.</summary>
    public void* Result { get; set; }

    /// <summary>States after the last step; null when nobody wants them.</summary>
    public void* FinalState { get; set; }

    /// <summary>An LSTM's cells after the last step; null when nobody wants them.</summary>
    public void* FinalCell { get; set; }

    /// <summary>What the backward pass needs, see <see cref="Recurrent.ReserveSize"/>; null when there will be none.</summary>
    public void* Reserve { get; set; }

    /// <summary>Whether the inputs of layers after the first are multiplied with masks, which lie in the reserve.</summary>
    public bool HasMasks { get; set; }
}
