namespace CoreEngine.Data;

/// <summary>One step's input.</summary>
/// <param name="Data">float32 images, shape (batch, 1, height, width), from 0 to 1.</param>
/// <param name="Labels">float32 classes, shape (batch,).</param>
/// <param name="Count">How many images are new in this epoch; what follows them only fills the batch up.</param>
public sealed record ArrayBatch(NDArray Data, NDArray Labels, int Count) : IDisposable
{
    /// <summary>Lets go of both arrays; operations that use them still finish.</summary>
    public void Dispose()
    {
        Data.Dispose();
        Labels.Dispose();
    }
}
