namespace CoreEngine.Fuzz;

/// <summary>An array that an operator is called with, described: the values follow from the kind and the call.</summary>
/// <param name="DType">The element type.</param>
/// <param name="Shape">The shape.</param>
/// <param name="Values">What kind of values it holds.</param>
/// <param name="Request">What becomes of its gradient.</param>
/// <param name="Storage">How it is stored.</param>
internal sealed record CallArgument(
    DType DType,
    Shape Shape,
    CallValues Values,
    GradientRequest Request,
    StorageType Storage = StorageType.Default
);
