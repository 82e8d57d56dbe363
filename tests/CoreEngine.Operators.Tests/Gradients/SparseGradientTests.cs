namespace CoreEngine.Operators.Tests;

/// <summary>Gradients of operators on sparse arrays, and gradients that are stored sparsely.</summary>
[TestClass]
public sealed class SparseGradientTests
{
    private static readonly GradientInput s_rows = new(6, 3) { Storage = StorageType.RowSparse };

    /// <summary>No gradient of a stored matrix is asked for: it is data.</summary>
    private static readonly GradientInput s_matrix = new(6, 4) { Storage = StorageType.Csr, HasGradient = false };

    private static readonly GradientInput s_matrixWithGradient = new(6, 4) { Storage = StorageType.Csr };

    /// <summary>The calls that are checked.</summary>
    public static IEnumerable<GradientCase> Cases =>
        [
            new("dot", s_matrix, [4, 3]) { Twice = true },
            new("dot", s_matrix, [4, 1]) { Twice = true },
            new("dot", s_matrix, new GradientInput(4, 3) { Storage = StorageType.RowSparse }) { Twice = true },
            new("dot", s_matrix, [6, 3]) { Attributes = { ["transpose_a"] = "True" }, Twice = true },
            new("dot", s_matrix, s_rows) { Attributes = { ["transpose_a"] = "True" }, Twice = true },
            new("dot", s_matrixWithGradient, [4, 3]) { Twice = true },
            new("dot", s_matrixWithGradient, [6, 3]) { Attributes = { ["transpose_a"] = "True" }, Twice = true },
            new("dot", s_matrixWithGradient, [3, 4]) { Attributes = { ["transpose_b"] = "True" }, Twice = true },
            new("_sparse_retain", s_rows, GradientInput.Whole(0, 5, 4)) { Twice = true },
            new("_contrib_SparseEmbedding", GradientInput.Whole(0, 5, 2, 3), s_rows)
            {
                Attributes = { ["input_dim"] = "6", ["output_dim"] = "3" },
                Twice = true,
            },
            new("_contrib_SparseEmbedding", GradientInput.Whole(0, 5, 9), [6, 3])
            {
                Attributes = { ["input_dim"] = "6", ["output_dim"] = "3" },
                Twice = true,
            },
            new("Embedding", GradientInput.Whole(-2, 7, 4), s_rows)
            {
                Attributes = { ["input_dim"] = "6", ["output_dim"] = "3" },
                Twice = true,
            },
            new("take", s_rows, GradientInput.Whole(-2, 7, 4)) { Twice = true },
            new("_square_sum", s_rows) { Attributes = { ["axis"] = "0" } },
            new("_square_sum", s_rows) { Attributes = { ["axis"] = "1" } },
            new("_square_sum", s_rows) { Attributes = { ["axis"] = "1", ["keepdims"] = "True" } },
            new("_square_sum", new GradientInput(5, 2, 3) { Storage = StorageType.RowSparse })
            {
                Attributes = { ["axis"] = "1" },
            },
            new("elemwise_add", s_rows, s_rows) { Twice = true },
            new("elemwise_sub", s_rows, s_rows) { Twice = true },
            new("elemwise_mul", s_rows, s_rows) { Twice = true },
            new("elemwise_mul", s_rows, [6, 3]) { Twice = true },
            new("elemwise_add", s_matrixWithGradient, s_matrixWithGradient) { Twice = true },
            new("elemwise_mul", s_matrixWithGradient, s_matrixWithGradient) { Twice = true },
            new("add_n", s_rows, s_rows, s_rows) { Attributes = { ["num_args"] = "3" }, Twice = true },
            new("_copy", s_rows) { Twice = true },
            new("_mul_scalar", s_rows) { Attributes = { ["scalar"] = "3" }, Twice = true },
            new("_div_scalar", s_matrixWithGradient) { Attributes = { ["scalar"] = "3" }, Twice = true },
            new("_plus_scalar", s_rows) { Attributes = { ["scalar"] = "3" }, Twice = true },
            new("square", s_rows) { Twice = true },
            new("square", s_matrixWithGradient) { Twice = true },
            new("negative", s_matrixWithGradient) { Twice = true },
            new("sin", s_rows) { Twice = true },
            new("tanh", s_rows) { Twice = true },
            new("cos", s_rows) { Twice = true },
            new("sum", s_matrixWithGradient) { Attributes = { ["axis"] = "0" }, Twice = true },
            new("sum", s_matrixWithGradient) { Attributes = { ["axis"] = "1" }, Twice = true },
            new("sum", s_matrixWithGradient) { Twice = true },
            new("mean", s_matrixWithGradient) { Attributes = { ["axis"] = "0" }, Twice = true },
            new("mean", s_matrixWithGradient) { Attributes = { ["axis"] = "1", ["keepdims"] = "True" }, Twice = true },
            new("slice", s_matrixWithGradient)
            {
                Attributes = { ["begin"] = "(1, 1)", ["end"] = "(5, 3)" },
                Twice = true,
            },
            new("cast_storage", s_rows) { Attributes = { ["stype"] = "default" }, Twice = true },
            new("cast_storage", [6, 3]) { Attributes = { ["stype"] = "row_sparse" }, Twice = true },
        ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Gradient_agrees_with_differences(GradientCase one) => GradientCheck.Run(one);
}
