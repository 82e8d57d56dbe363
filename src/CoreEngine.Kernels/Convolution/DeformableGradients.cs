namespace CoreEngine.Kernels;

/// <summary>Where the gradients of a <see cref="DeformableConvolution"/> go; null where nobody wants one.</summary>
public unsafe struct DeformableGradients
{
    /// <summary>The gradient of the images.</summary>
    public void* Data;

    /// <summary>Add to what it holds.</summary>
    public bool AddData;

    /// <summary>The gradient of the offsets.</summary>
    public void* Offsets;

    /// <inheritdoc cref="AddData"/>
    public bool AddOffsets;

    /// <summary>The gradient of the weights.</summary>
    public void* Weight;

    /// <inheritdoc cref="AddData"/>
    public bool AddWeight;
}
